//! The faults in force: a handle that can be changed while the sandbox runs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::fault::{Fault, FaultError, FaultKind, On};

/// The faults in force. Clones are handles to the same list; earlier faults come first.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Vec<Fault>>>);

/// How an answer looks (contract 7, point 13).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shape {
    pub(crate) usage_b: bool,
    pub(crate) scope_only: bool,
    pub(crate) string_booleans: bool,
    pub(crate) unknown_enums: bool,
    pub(crate) extra_fields: bool,
}

impl Faults {
    /// Replaces all faults.
    pub fn set(&self, faults: impl IntoIterator<Item = Fault>) {
        let faults = faults.into_iter().collect();
        self.with(|all| *all = faults);
    }

    /// Adds one fault behind the others.
    pub fn add(&self, fault: Fault) {
        self.with(|all| all.push(fault));
    }

    /// Adds the fault of this spec.
    ///
    /// # Errors
    /// The spec is not one.
    pub fn add_spec(&self, spec: &str) -> Result<(), FaultError> {
        self.add(Fault::parse(spec)?);
        Ok(())
    }

    /// Removes all faults.
    pub fn clear(&self) {
        self.with(Vec::clear);
    }

    /// What is in force now, with the remaining times.
    #[must_use]
    pub fn list(&self) -> Vec<Fault> {
        self.with(|all| all.clone())
    }

    /// Uses the first fault that meets this request and is wanted up by one time, and gives what was wanted of it.
    pub(crate) fn take<T>(&self, on: On, wanted: impl Fn(&FaultKind) -> Option<T>) -> Option<T> {
        self.with(|all| {
            let mut meeting = all.iter().enumerate().filter(|(_, fault)| fault.meets(on));
            let (index, found) = meeting.find_map(|(index, fault)| Some((index, wanted(&fault.kind)?)))?;
            let fault = &mut all[index];
            fault.times = fault.times.map(|times| times.saturating_sub(1));
            if fault.times == Some(0) {
                all.remove(index);
            }
            Some(found)
        })
    }

    /// Uses one fault of exactly this kind.
    pub(crate) fn strikes(&self, on: On, kind: &FaultKind) -> bool {
        self.take(on, |other| (other == kind).then_some(())).is_some()
    }

    /// How long a new id stays out of sight.
    pub(crate) fn delay_visible(&self) -> Option<Duration> {
        self.take(On::Post, |kind| if let FaultKind::DelayVisible(time) = kind { Some(*time) } else { None })
    }

    /// How late the answer comes.
    pub(crate) fn latency(&self, on: On) -> Option<Duration> {
        self.take(on, |kind| if let FaultKind::Latency(time) = kind { Some(*time) } else { None })
    }

    /// How this answer looks.
    pub(crate) fn shape(&self) -> Shape {
        let strikes = |kind| self.strikes(On::Get, &kind);
        Shape {
            usage_b: strikes(FaultKind::UsageShapeB),
            scope_only: strikes(FaultKind::ScopeOnly),
            string_booleans: strikes(FaultKind::StringBooleans),
            unknown_enums: strikes(FaultKind::UnknownEnums),
            extra_fields: strikes(FaultKind::ExtraFields),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Vec<Fault>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
