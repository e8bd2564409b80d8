//! Status codes with the names and values of the real headers.

use std::fmt;

macro_rules! codes {
    ($(#[$doc:meta])* $type:ident { $($(#[$code_doc:meta])* $name:ident = $text:literal, $value:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $type(u32);

        impl $type {
            $($(#[$code_doc])* #[doc(alias = $text)] pub const $name: Self = Self($value);)*

            /// The number the header gives it.
            pub const fn value(self) -> u32 {
                self.0
            }

            /// The code with that number, known by name or not.
            pub const fn from_value(value: u32) -> Self {
                Self(value)
            }

            /// The name the header gives it.
            pub const fn name(self) -> &'static str {
                match self.0 {
                    $($value => $text,)*
                    _ => "unknown",
                }
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} (0x{:08X})", self.name(), self.0)
            }
        }

        impl std::error::Error for $type {}
    };
}

codes! {
    /// What a kernel-side call ended as. Source: `ntstatus.h`.
    #[doc(alias = "NTSTATUS")]
    NtStatus {
        /// It worked.
        SUCCESS = "STATUS_SUCCESS", 0x0000_0000;
        /// It goes on; somebody will complete it.
        PENDING = "STATUS_PENDING", 0x0000_0103;
        /// A size query, answered with the size.
        BUFFER_OVERFLOW = "STATUS_BUFFER_OVERFLOW", 0x8000_0005;
        /// Impossible as asked.
        UNSUCCESSFUL = "STATUS_UNSUCCESSFUL", 0xC000_0001;
        /// Declined; somebody else may know.
        NOT_IMPLEMENTED = "STATUS_NOT_IMPLEMENTED", 0xC000_0002;
        /// Memory that is not there.
        ACCESS_VIOLATION = "STATUS_ACCESS_VIOLATION", 0xC000_0005;
        /// No such handle.
        INVALID_HANDLE = "STATUS_INVALID_HANDLE", 0xC000_0008;
        /// An argument makes no sense.
        INVALID_PARAMETER = "STATUS_INVALID_PARAMETER", 0xC000_000D;
        /// Not in this state, or never.
        INVALID_DEVICE_REQUEST = "STATUS_INVALID_DEVICE_REQUEST", 0xC000_0010;
        /// An output buffer that is there but too short.
        BUFFER_TOO_SMALL = "STATUS_BUFFER_TOO_SMALL", 0xC000_0023;
        /// A write packet too far ahead.
        DATA_OVERRUN = "STATUS_DATA_OVERRUN", 0xC000_003C;
        /// A write packet too late.
        DATA_LATE_ERROR = "STATUS_DATA_LATE_ERROR", 0xC000_003D;
        /// No memory, no instance left.
        INSUFFICIENT_RESOURCES = "STATUS_INSUFFICIENT_RESOURCES", 0xC000_009A;
        /// Not yet, or nothing new.
        DEVICE_NOT_READY = "STATUS_DEVICE_NOT_READY", 0xC000_00A3;
        /// The device has no such thing.
        NOT_SUPPORTED = "STATUS_NOT_SUPPORTED", 0xC000_00BB;
        /// A packet after the end of the stream, a request in the wrong state.
        INVALID_DEVICE_STATE = "STATUS_INVALID_DEVICE_STATE", 0xC000_0184;
        /// Property or event unknown.
        NOT_FOUND = "STATUS_NOT_FOUND", 0xC000_0225;
        /// Property set unknown.
        PROPSET_NOT_FOUND = "STATUS_PROPSET_NOT_FOUND", 0xC000_0230;
        /// Format not supported.
        NO_MATCH = "STATUS_NO_MATCH", 0xC000_0272;
        /// The device is gone.
        DEVICE_REMOVED = "STATUS_DEVICE_REMOVED", 0xC000_02B6;
    }
}

codes! {
    /// What a COM-style call ended as. Source: `winerror.h`, `audioclient.h`.
    #[doc(alias = "HRESULT")]
    HResult {
        /// It worked.
        OK = "S_OK", 0x0000_0000;
        /// It worked, with a but.
        FALSE = "S_FALSE", 0x0000_0001;
        /// A pointer that must not be null.
        POINTER = "E_POINTER", 0x8000_4003;
        /// An argument makes no sense.
        INVALIDARG = "E_INVALIDARG", 0x8007_0057;
        /// The stream was not initialised.
        NOT_INITIALIZED = "AUDCLNT_E_NOT_INITIALIZED", 0x8889_0001;
        /// The stream was initialised already.
        ALREADY_INITIALIZED = "AUDCLNT_E_ALREADY_INITIALIZED", 0x8889_0002;
        /// The endpoint is gone.
        DEVICE_INVALIDATED = "AUDCLNT_E_DEVICE_INVALIDATED", 0x8889_0004;
        /// The stream must be stopped for that.
        NOT_STOPPED = "AUDCLNT_E_NOT_STOPPED", 0x8889_0005;
        /// More frames asked for than are free.
        BUFFER_TOO_LARGE = "AUDCLNT_E_BUFFER_TOO_LARGE", 0x8889_0006;
        /// `GetBuffer` and `ReleaseBuffer` alternate.
        OUT_OF_ORDER = "AUDCLNT_E_OUT_OF_ORDER", 0x8889_0007;
        /// The endpoint does not take this format.
        UNSUPPORTED_FORMAT = "AUDCLNT_E_UNSUPPORTED_FORMAT", 0x8889_0008;
        /// More frames released than were taken.
        INVALID_SIZE = "AUDCLNT_E_INVALID_SIZE", 0x8889_0009;
        /// Somebody has the device.
        DEVICE_IN_USE = "AUDCLNT_E_DEVICE_IN_USE", 0x8889_000A;
        /// A packet is still held.
        BUFFER_OPERATION_PENDING = "AUDCLNT_E_BUFFER_OPERATION_PENDING", 0x8889_000B;
        /// This stream is not event-driven.
        EVENTHANDLE_NOT_EXPECTED = "AUDCLNT_E_EVENTHANDLE_NOT_EXPECTED", 0x8889_0011;
        /// Event-driven exclusive streams have one duration, their period.
        BUFDURATION_PERIOD_NOT_EQUAL = "AUDCLNT_E_BUFDURATION_PERIOD_NOT_EQUAL", 0x8889_0013;
        /// An event-driven stream needs its event first.
        EVENTHANDLE_NOT_SET = "AUDCLNT_E_EVENTHANDLE_NOT_SET", 0x8889_0014;
        /// Event-driven exclusive streams move whole buffers.
        BUFFER_SIZE_ERROR = "AUDCLNT_E_BUFFER_SIZE_ERROR", 0x8889_0016;
        /// No buffer can be had now.
        BUFFER_ERROR = "AUDCLNT_E_BUFFER_ERROR", 0x8889_0018;
        /// The buffer is not a whole number of hardware units.
        BUFFER_SIZE_NOT_ALIGNED = "AUDCLNT_E_BUFFER_SIZE_NOT_ALIGNED", 0x8889_0019;
        /// The device has no such period.
        INVALID_DEVICE_PERIOD = "AUDCLNT_E_INVALID_DEVICE_PERIOD", 0x8889_0020;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_names_and_values_of_the_headers() {
        assert_eq!(NtStatus::DATA_LATE_ERROR.value(), 0xC000_003D);
        assert_eq!(
            NtStatus::DATA_LATE_ERROR.to_string(),
            "STATUS_DATA_LATE_ERROR (0xC000003D)"
        );
        assert_eq!(HResult::BUFFER_SIZE_NOT_ALIGNED.value(), 0x8889_0019);
    }
}
