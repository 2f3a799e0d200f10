//! The choice of a device, as it is written in settings.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::infer::Device;

/// Where to compute: `cpu`, `cuda`, `cuda:N` or `auto`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum DeviceChoice {
    /// A GPU where ONNX Runtime can use one, else the CPU.
    Auto,
    /// This device, or an error.
    Exactly(Device),
    /// No model: every capitalised word is a name. For tests of everything but the model, at its full speed.
    #[doc(hidden)]
    Stub,
}

impl Default for DeviceChoice {
    fn default() -> Self {
        Self::Exactly(Device::Cpu)
    }
}

impl DeviceChoice {
    /// The device, where it does not depend on what ONNX Runtime can use.
    pub(super) fn known(self) -> Option<Device> {
        match self {
            Self::Auto => None,
            Self::Exactly(device) => Some(device),
            Self::Stub => Some(Device::Cpu),
        }
    }

    /// What reports call the device that was chosen.
    pub(super) fn name_of(self, device: Device) -> String {
        if self == Self::Stub { "stub".to_owned() } else { Self::Exactly(device).to_string() }
    }
}

impl FromStr for DeviceChoice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once(':') {
            None if text == "cpu" => Ok(Self::Exactly(Device::Cpu)),
            None if text == "auto" => Ok(Self::Auto),
            None if text == "stub" => Ok(Self::Stub),
            None if text == "cuda" => Ok(Self::Exactly(Device::Cuda(0))),
            Some(("cuda", number)) => match number.parse() {
                Ok(number) => Ok(Self::Exactly(Device::Cuda(number))),
                Err(_) => Err(Error::invalid("device", format!("{number:?} is not a device number"))),
            },
            _ => Err(Error::invalid("device", format!("{text:?}: must be cpu, cuda, cuda:N or auto"))),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => out.write_str("auto"),
            Self::Stub => out.write_str("stub"),
            Self::Exactly(Device::Cpu) => out.write_str("cpu"),
            Self::Exactly(Device::Cuda(number)) => write!(out, "cuda:{number}"),
        }
    }
}

impl TryFrom<String> for DeviceChoice {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<DeviceChoice> for String {
    fn from(choice: DeviceChoice) -> Self {
        choice.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_have_one_spelling() {
        for text in ["cpu", "cuda:0", "cuda:3", "auto", "stub"] {
            assert_eq!(text.parse::<DeviceChoice>().unwrap().to_string(), text);
        }
        assert_eq!("cuda".parse::<DeviceChoice>().unwrap(), DeviceChoice::Exactly(Device::Cuda(0)));
        for text in ["", "gpu", "cuda:x", "cpu:0"] {
            assert!(text.parse::<DeviceChoice>().is_err(), "{text}");
        }
    }
}
