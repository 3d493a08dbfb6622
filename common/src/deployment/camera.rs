//! Which camera took a picture, as far as the picture says it.

use crate::media::CameraFacts;

/// A camera by what it writes about itself. Two of the same model are told apart by their serial
/// numbers alone, which many do not write.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Camera {
    /// Its maker.
    pub make: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Its serial number.
    pub serial_number: Option<String>,
}

impl Camera {
    /// The camera of a picture; `None` where the picture says nothing about it.
    #[must_use]
    pub fn of(facts: &CameraFacts) -> Option<Self> {
        let camera = Self {
            make: facts.make.clone(),
            model: facts.model.clone(),
            serial_number: facts.serial_number.clone(),
        };
        (camera != Self::default()).then_some(camera)
    }
}
