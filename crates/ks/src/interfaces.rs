//! Device interfaces: under which names and categories filters are found, and their properties.

use units::NtStatus;
use vtime::{Fork, Forker, Shared};

use crate::filter::FilterHandle;
use crate::guid::Guid;
use crate::wire::PacketSizeConstraints;

/// The device interfaces of a system. Clones are the same registry.
///
/// # Source
/// `install/device-interface-classes.md`.
#[derive(Clone, Debug)]
pub struct DeviceInterfaces(Shared<Vec<Registered>>);

/// A filter as it is found.
#[derive(Clone, Debug)]
pub struct DeviceInterface {
    /// What it is opened by.
    pub symbolic_link: String,
    /// What its adapter calls it: `wave`, `topology`.
    pub reference: String,
    /// The filter.
    pub filter: FilterHandle,
    /// What packets it can have, if it says so.
    #[doc(alias = "DEVPKEY_KsAudio_PacketSize_Constraints2")]
    pub packet_sizes: Option<PacketSizeConstraints>,
}

#[derive(Clone, Debug)]
struct Registered {
    /// The instance path of the device.
    device: String,
    reference: String,
    categories: Vec<Guid>,
    filter: FilterHandle,
    packet_sizes: Option<PacketSizeConstraints>,
}

impl Default for DeviceInterfaces {
    fn default() -> Self {
        Self(Shared::new(Vec::new()))
    }
}

impl DeviceInterfaces {
    /// Makes `filter` of `device` known as `reference` under `categories`. What packets it can
    /// have is told now and does not change as long as it is known.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] if the device has a filter of that name, or if there is no
    /// category to find it under.
    ///
    /// # Source
    /// `audio/subdevice-creation.md`; for the packets `audio/low-latency-audio.md`.
    pub fn register(
        &self,
        device: &str,
        reference: &str,
        categories: Vec<Guid>,
        filter: FilterHandle,
        packet_sizes: Option<PacketSizeConstraints>,
    ) -> Result<(), NtStatus> {
        let mut all = self.0.borrow_mut();
        let is_known = all
            .iter()
            .any(|each| each.device == device && each.reference == reference);
        if is_known || categories.is_empty() {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        all.push(Registered {
            device: device.to_owned(),
            reference: reference.to_owned(),
            categories,
            filter,
            packet_sizes,
        });
        Ok(())
    }

    /// Forgets what `device` calls `reference`. Open handles stay what they are.
    pub fn unregister(&self, device: &str, reference: &str) {
        let is_it = |each: &Registered| each.device == device && each.reference == reference;
        self.0.borrow_mut().retain(|each| !is_it(each));
    }

    /// What is found under `category`, in the order in which it became known.
    pub fn enumerate(&self, category: Guid) -> Vec<DeviceInterface> {
        let all = self.0.borrow();
        all.iter()
            .filter(|each| each.categories.contains(&category))
            .map(|each| each.found_under(category))
            .collect()
    }

    /// Every filter once, under the first of its categories.
    pub fn all(&self) -> Vec<DeviceInterface> {
        let all = self.0.borrow();
        all.iter()
            .map(|each| each.found_under(each.categories[0]))
            .collect()
    }

    /// What `symbolic_link` opens, whatever category is in it. Case does not matter.
    pub fn find(&self, symbolic_link: &str) -> Option<DeviceInterface> {
        let all = self.0.borrow();
        all.iter().find_map(|each| {
            let links = each.categories.iter();
            let mut found = links.map(|category| each.found_under(*category));
            found.find(|found| found.symbolic_link.eq_ignore_ascii_case(symbolic_link))
        })
    }

    /// What opens the filter that `device` calls `reference`.
    pub fn link_of(&self, device: &str, reference: &str) -> Option<String> {
        let all = self.0.borrow();
        let mut known = all.iter();
        let known = known.find(|each| each.device == device && each.reference == reference)?;
        Some(known.found_under(known.categories[0]).symbolic_link)
    }
}

impl Registered {
    fn found_under(&self, category: Guid) -> DeviceInterface {
        let device = self.device.replace('\\', "#");
        DeviceInterface {
            symbolic_link: format!(r"\\?\{device}#{category}\{}", self.reference).to_lowercase(),
            reference: self.reference.clone(),
            filter: self.filter.clone(),
            packet_sizes: self.packet_sizes.clone(),
        }
    }
}

impl Fork for DeviceInterfaces {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}

impl Fork for Registered {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            filter: self.filter.fork(forker),
            ..self.clone()
        }
    }
}
