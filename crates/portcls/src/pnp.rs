//! Plug and Play: what a driver is told when its device goes, or has to make room.

use units::Moment;

/// What a miniport does when its device goes.
///
/// # Source
/// `portcls/nn-portcls-iminiportpnpnotify.md`, `audio/managing-memory-buffers-rebalance.md`.
#[doc(alias = "IMiniportPnpNotify")]
pub trait MiniportPnpNotify {
    /// The device stops for a rebalance: stops, resets and frees all of its DMA engines, and
    /// waits for nobody. Buffers live on until their pins are closed.
    #[doc(alias = "PnpStop")]
    fn pnp_stop(&mut self, now: Moment);

    /// The device is gone: the same, without the device.
    ///
    /// Model: the adapter's own handler of the request, which PortCls does not name.
    #[doc(alias = "IRP_MN_SURPRISE_REMOVAL")]
    fn surprise_removal(&mut self, now: Moment);
}

/// What an adapter does when resources are dealt out anew.
///
/// # Source
/// `portcls/nn-portcls-iadapterpnpmanagement.md`.
#[doc(alias = "IAdapterPnpManagement")]
pub trait AdapterPnpManagement {
    /// How the adapter takes part.
    #[doc(alias = "GetSupportedRebalanceType")]
    fn supported_rebalance_type(&self) -> RebalanceType;

    /// A stop is coming. New pins wait until it has come or not.
    #[doc(alias = "PnpQueryStop")]
    fn pnp_query_stop(&mut self, now: Moment);

    /// The stop does not come. There need not have been a query before.
    #[doc(alias = "PnpCancelStop")]
    fn pnp_cancel_stop(&mut self, now: Moment);

    /// All streams are in Stop: gives all hardware back, and waits for no handle.
    #[doc(alias = "PnpStop")]
    fn pnp_stop(&mut self, now: Moment);
}

/// How an adapter takes part in a rebalance.
///
/// # Source
/// `audio/implement-pnp-rebalance-for-portcls-audio-drivers.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "PC_REBALANCE_TYPE")]
pub enum RebalanceType {
    /// Not at all.
    #[default]
    #[doc(alias = "PcRebalanceNotSupported")]
    NotSupported,
    /// By taking its subdevices away.
    #[doc(alias = "PcRebalanceRemoveSubdevices")]
    RemoveSubdevices,
}

vtime::fork_by_clone!(RebalanceType);
