//! A model object that several actors touch.

use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::rc::Rc;

use crate::fork::{Fork, Forker};

/// A model object that several actors of one world touch, one at a time.
///
/// A borrow ends before the next `await`: the object is nobody's while nobody runs.
pub struct Shared<T: ?Sized>(Rc<RefCell<T>>);

impl<T> Shared<T> {
    /// Shares `object`.
    pub fn new(object: T) -> Self {
        Self(Rc::new(RefCell::new(object)))
    }
}

impl<T: ?Sized> Shared<T> {
    /// Shares what `object` points to; the way to a `Shared<dyn Trait>`.
    pub fn from_rc(object: Rc<RefCell<T>>) -> Self {
        Self(object)
    }

    /// The object, to look at.
    ///
    /// # Panics
    /// If it is borrowed to be changed.
    pub fn borrow(&self) -> Ref<'_, T> {
        self.0.borrow()
    }

    /// The object, to change.
    ///
    /// # Panics
    /// If it is borrowed.
    pub fn borrow_mut(&self) -> RefMut<'_, T> {
        self.0.borrow_mut()
    }

    /// True if both are the same object.
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Where the object lies: its identity while it lives.
    pub(crate) fn address(&self) -> usize {
        Rc::as_ptr(&self.0).cast::<()>() as usize
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Fork + 'static> Fork for Shared<T> {
    fn fork(&self, forker: &mut Forker) -> Self {
        forker.shared(self)
    }
}
