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
        /// A right is missing.
        ACCESS_DENIED = "STATUS_ACCESS_DENIED", 0xC000_0022;
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
    /// What a user-mode call ended as. Source: `winerror.h`.
    Win32Error {
        /// It worked.
        SUCCESS = "ERROR_SUCCESS", 0;
        /// Never, or declined.
        INVALID_FUNCTION = "ERROR_INVALID_FUNCTION", 1;
        /// A right is missing.
        ACCESS_DENIED = "ERROR_ACCESS_DENIED", 5;
        /// No such handle.
        INVALID_HANDLE = "ERROR_INVALID_HANDLE", 6;
        /// Not yet, or nothing new.
        NOT_READY = "ERROR_NOT_READY", 21;
        /// Not in this state.
        BAD_COMMAND = "ERROR_BAD_COMMAND", 22;
        /// Impossible as asked.
        GEN_FAILURE = "ERROR_GEN_FAILURE", 31;
        /// The device has no such thing.
        NOT_SUPPORTED = "ERROR_NOT_SUPPORTED", 50;
        /// An argument makes no sense.
        INVALID_PARAMETER = "ERROR_INVALID_PARAMETER", 87;
        /// An output buffer that is there but too short.
        INSUFFICIENT_BUFFER = "ERROR_INSUFFICIENT_BUFFER", 122;
        /// A size query, answered with the size.
        MORE_DATA = "ERROR_MORE_DATA", 234;
        /// A code for which there is no other.
        MR_MID_NOT_FOUND = "ERROR_MR_MID_NOT_FOUND", 317;
        /// It goes on; somebody will complete it.
        IO_PENDING = "ERROR_IO_PENDING", 997;
        /// Memory that is not there.
        NOACCESS = "ERROR_NOACCESS", 998;
        /// The device did not do it: late and early packets alike.
        IO_DEVICE = "ERROR_IO_DEVICE", 1117;
        /// Property or event unknown.
        NOT_FOUND = "ERROR_NOT_FOUND", 1168;
        /// Format not supported.
        NO_MATCH = "ERROR_NO_MATCH", 1169;
        /// Property set unknown.
        SET_NOT_FOUND = "ERROR_SET_NOT_FOUND", 1170;
        /// No memory, no instance left.
        NO_SYSTEM_RESOURCES = "ERROR_NO_SYSTEM_RESOURCES", 1450;
        /// The device is gone.
        DEVICE_REMOVED = "ERROR_DEVICE_REMOVED", 1617;
    }
}

impl NtStatus {
    /// The code that a user-mode caller sees. Several become one: whether a packet came too late
    /// or too early cannot be told any more.
    ///
    /// # Source
    /// The conversion of `RtlNtStatusToDosError`, as the headers of both name the codes.
    #[doc(alias = "RtlNtStatusToDosError")]
    pub const fn to_win32(self) -> Win32Error {
        match self {
            Self::SUCCESS => Win32Error::SUCCESS,
            Self::PENDING => Win32Error::IO_PENDING,
            Self::BUFFER_OVERFLOW => Win32Error::MORE_DATA,
            Self::UNSUCCESSFUL => Win32Error::GEN_FAILURE,
            Self::NOT_IMPLEMENTED | Self::INVALID_DEVICE_REQUEST => Win32Error::INVALID_FUNCTION,
            Self::INVALID_HANDLE => Win32Error::INVALID_HANDLE,
            Self::INVALID_PARAMETER => Win32Error::INVALID_PARAMETER,
            Self::ACCESS_DENIED => Win32Error::ACCESS_DENIED,
            Self::ACCESS_VIOLATION => Win32Error::NOACCESS,
            Self::BUFFER_TOO_SMALL => Win32Error::INSUFFICIENT_BUFFER,
            Self::DATA_OVERRUN | Self::DATA_LATE_ERROR => Win32Error::IO_DEVICE,
            Self::INSUFFICIENT_RESOURCES => Win32Error::NO_SYSTEM_RESOURCES,
            Self::DEVICE_NOT_READY => Win32Error::NOT_READY,
            Self::NOT_SUPPORTED => Win32Error::NOT_SUPPORTED,
            Self::INVALID_DEVICE_STATE => Win32Error::BAD_COMMAND,
            Self::NOT_FOUND => Win32Error::NOT_FOUND,
            Self::PROPSET_NOT_FOUND => Win32Error::SET_NOT_FOUND,
            Self::NO_MATCH => Win32Error::NO_MATCH,
            Self::DEVICE_REMOVED => Win32Error::DEVICE_REMOVED,
            _ => Win32Error::MR_MID_NOT_FOUND,
        }
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
        /// It worked, and nothing is there to be read.
        BUFFER_EMPTY = "AUDCLNT_S_BUFFER_EMPTY", 0x0889_0001;
        /// A pointer that must not be null.
        POINTER = "E_POINTER", 0x8000_4003;
        /// An argument makes no sense.
        INVALIDARG = "E_INVALIDARG", 0x8007_0057;
        /// The stream was not initialised.
        NOT_INITIALIZED = "AUDCLNT_E_NOT_INITIALIZED", 0x8889_0001;
        /// The stream was initialised already.
        ALREADY_INITIALIZED = "AUDCLNT_E_ALREADY_INITIALIZED", 0x8889_0002;
        /// This is no service of a stream of that direction.
        WRONG_ENDPOINT_TYPE = "AUDCLNT_E_WRONG_ENDPOINT_TYPE", 0x8889_0003;
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
        /// Nothing of that kind is there.
        NOTFOUND = "E_NOTFOUND", 0x8007_0490;
        /// The user has switched exclusive use of the device off.
        EXCLUSIVE_MODE_NOT_ALLOWED = "AUDCLNT_E_EXCLUSIVE_MODE_NOT_ALLOWED", 0x8889_000E;
        /// The pin of the stream could not be made.
        ENDPOINT_CREATE_FAILED = "AUDCLNT_E_ENDPOINT_CREATE_FAILED", 0x8889_000F;
        /// The audio service is not there.
        SERVICE_NOT_RUNNING = "AUDCLNT_E_SERVICE_NOT_RUNNING", 0x8889_0010;
        /// The flag is none of this call.
        INVALID_STREAM_FLAG = "AUDCLNT_E_INVALID_STREAM_FLAG", 0x8889_0021;
        /// The device does not mix.
        ENDPOINT_OFFLOAD_NOT_CAPABLE = "AUDCLNT_E_ENDPOINT_OFFLOAD_NOT_CAPABLE", 0x8889_0022;
        /// The device has no raw mode.
        RAW_MODE_UNSUPPORTED = "AUDCLNT_E_RAW_MODE_UNSUPPORTED", 0x8889_0027;
        /// The stream was not started yet.
        POSITION_STALLED = "AUDCLNT_S_POSITION_STALLED", 0x0889_0003;
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

    #[test]
    fn late_and_early_packets_look_the_same_to_a_user_mode_caller() {
        let late = NtStatus::DATA_LATE_ERROR.to_win32();
        assert_eq!(late, NtStatus::DATA_OVERRUN.to_win32());
        assert_eq!(late.to_string(), "ERROR_IO_DEVICE (0x0000045D)");
    }

    #[test]
    fn a_user_mode_caller_sees_the_codes_of_its_own_header() {
        for (status, code) in [
            (NtStatus::SUCCESS, 0),
            (NtStatus::PENDING, 997),
            (NtStatus::BUFFER_OVERFLOW, 234),
            (NtStatus::UNSUCCESSFUL, 31),
            (NtStatus::NOT_IMPLEMENTED, 1),
            (NtStatus::INVALID_HANDLE, 6),
            (NtStatus::INVALID_PARAMETER, 87),
            (NtStatus::INVALID_DEVICE_REQUEST, 1),
            (NtStatus::BUFFER_TOO_SMALL, 122),
            (NtStatus::DATA_OVERRUN, 1117),
            (NtStatus::DATA_LATE_ERROR, 1117),
            (NtStatus::INSUFFICIENT_RESOURCES, 1450),
            (NtStatus::DEVICE_NOT_READY, 21),
            (NtStatus::NOT_SUPPORTED, 50),
            (NtStatus::INVALID_DEVICE_STATE, 22),
            (NtStatus::NOT_FOUND, 1168),
            (NtStatus::PROPSET_NOT_FOUND, 1170),
            (NtStatus::NO_MATCH, 1169),
            (NtStatus::DEVICE_REMOVED, 1617),
            (NtStatus::from_value(0xC000_0000), 317),
        ] {
            assert_eq!(status.to_win32().value(), code, "{status}");
        }
    }
}
