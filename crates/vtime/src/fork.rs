//! Twins: deep copies that keep who shares what with whom.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use crate::shared::Shared;
use crate::sim::Kernel;

/// A deep copy that keeps the topology: what two parts shared, their twins share.
///
/// Implement it by forking each field; plain values are listed in
/// [`fork_by_clone!`](crate::fork_by_clone).
pub trait Fork {
    /// The twin of `self`.
    fn fork(&self, forker: &mut Forker) -> Self
    where
        Self: Sized;
}

/// Remembers, during one fork, which twin stands for which original.
///
/// [`World::fork`](crate::sim::World::fork) makes one; the cores are forked with it, and events and
/// mailboxes in them come to belong to the twin world.
#[derive(Default)]
pub struct Forker {
    worlds: Option<Worlds>,
    twins: BTreeMap<usize, Twin>,
}

struct Worlds {
    original: Rc<Kernel>,
    twin: Rc<Kernel>,
}

enum Twin {
    /// The twin is being made further up the stack.
    Unfinished,
    Made {
        /// Keeps the address from being used again while it stands for the twin.
        _original: Box<dyn Any>,
        twin: Box<dyn Any>,
    },
}

impl Forker {
    /// A forker for cores that belong to no world.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn between(original: Rc<Kernel>, twin: Rc<Kernel>) -> Self {
        Self {
            worlds: Some(Worlds { original, twin }),
            twins: BTreeMap::new(),
        }
    }

    /// The twin of a shared object, made on the first call and the same on later ones.
    ///
    /// # Panics
    /// If the object contains itself.
    pub fn shared<T: Fork + 'static>(&mut self, original: &Shared<T>) -> Shared<T> {
        self.twin_of(original.address(), original, |original, forker| {
            let twin = original.borrow().fork(forker);
            Shared::new(twin)
        })
    }

    /// The twin of what an [`Arc`] points to, made by `copy` on the first call and the same on
    /// later ones.
    ///
    /// # Panics
    /// If the object contains itself.
    pub fn arc<T: Send + Sync + 'static>(
        &mut self,
        original: &Arc<T>,
        copy: impl FnOnce(&T, &mut Self) -> T,
    ) -> Arc<T> {
        let address = Arc::as_ptr(original).cast::<()>() as usize;
        self.twin_of(address, original, |original, forker| {
            Arc::new(copy(original, forker))
        })
    }

    /// The twin of what an [`Rc`] points to, made by `copy` on the first call and the same on
    /// later ones.
    ///
    /// # Panics
    /// If the object contains itself.
    pub fn rc<T: 'static>(
        &mut self,
        original: &Rc<T>,
        copy: impl FnOnce(&T, &mut Self) -> T,
    ) -> Rc<T> {
        let address = Rc::as_ptr(original).cast::<()>() as usize;
        self.twin_of(address, original, |original, forker| {
            Rc::new(copy(original, forker))
        })
    }

    /// The kernel that stands for `original`.
    pub(crate) fn twin_kernel(&self, original: &Rc<Kernel>) -> Rc<Kernel> {
        let worlds = self
            .worlds
            .as_ref()
            .expect("an event or mailbox is forked together with its world");
        assert!(
            Rc::ptr_eq(&worlds.original, original),
            "an event or mailbox is forked together with its own world"
        );
        Rc::clone(&worlds.twin)
    }

    fn twin_of<P: Clone + 'static>(
        &mut self,
        address: usize,
        original: &P,
        copy: impl FnOnce(&P, &mut Self) -> P,
    ) -> P {
        match self.twins.get(&address) {
            Some(Twin::Made { twin, .. }) => {
                let twin = twin.downcast_ref::<P>();
                return twin.expect("an address holds one object").clone();
            }
            Some(Twin::Unfinished) => panic!("a shared object does not contain itself"),
            None => {}
        }
        self.twins.insert(address, Twin::Unfinished);
        let twin = copy(original, self);
        let made = Twin::Made {
            _original: Box::new(original.clone()),
            twin: Box::new(twin.clone()),
        };
        self.twins.insert(address, made);
        twin
    }
}

impl std::fmt::Debug for Forker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Forker")
            .field("twins", &self.twins.len())
            .finish_non_exhaustive()
    }
}

/// Implements [`Fork`] for plain values, which share nothing: their twin is their clone.
#[macro_export]
macro_rules! fork_by_clone {
    ($($kind:ty),+ $(,)?) => {
        $(impl $crate::Fork for $kind {
            fn fork(&self, _: &mut $crate::Forker) -> Self {
                ::std::clone::Clone::clone(self)
            }
        })+
    };
}

fork_by_clone!(
    (),
    bool,
    char,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
    f32,
    f64,
    String,
    &'static str,
    units::SimTime,
    units::SimDuration,
    units::Hns,
    units::Phase,
    units::Moment,
    units::Frames,
    units::Bytes,
    units::SampleRate,
    units::Clock,
    units::WaveFormat,
    units::NtStatus,
    units::HResult,
    crate::Rng,
);

impl<T: Fork> Fork for Option<T> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.as_ref().map(|inner| inner.fork(forker))
    }
}

impl<T: Fork> Fork for Box<T> {
    fn fork(&self, forker: &mut Forker) -> Self {
        Box::new((**self).fork(forker))
    }
}

impl<T: Fork + 'static> Fork for Rc<T> {
    fn fork(&self, forker: &mut Forker) -> Self {
        forker.rc(self, T::fork)
    }
}

impl<T: Fork + Send + Sync + 'static> Fork for Arc<T> {
    fn fork(&self, forker: &mut Forker) -> Self {
        forker.arc(self, T::fork)
    }
}

impl<T: Fork> Fork for Vec<T> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.iter().map(|each| each.fork(forker)).collect()
    }
}

impl<T: Fork> Fork for VecDeque<T> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.iter().map(|each| each.fork(forker)).collect()
    }
}

impl<T: Fork, const N: usize> Fork for [T; N] {
    fn fork(&self, forker: &mut Forker) -> Self {
        std::array::from_fn(|at| self[at].fork(forker))
    }
}

impl<K: Clone + Ord, V: Fork> Fork for BTreeMap<K, V> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.iter()
            .map(|(key, value)| (key.clone(), value.fork(forker)))
            .collect()
    }
}

impl<A: Fork, B: Fork> Fork for (A, B) {
    fn fork(&self, forker: &mut Forker) -> Self {
        (self.0.fork(forker), self.1.fork(forker))
    }
}

impl<A: Fork, B: Fork, C: Fork> Fork for (A, B, C) {
    fn fork(&self, forker: &mut Forker) -> Self {
        (
            self.0.fork(forker),
            self.1.fork(forker),
            self.2.fork(forker),
        )
    }
}
