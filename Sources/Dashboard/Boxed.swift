/// A value in a place of its own, changed there.
///
/// Where a value cannot be copied, as the dashboard, the compiler follows each stored property of all that it is made of
/// through every function: minutes for those of the broker's log alone. What is boxed is one property.
@propertyWrapper struct Boxed<Value> {
    private var storage: [Value]

    /// The value, boxed.
    init(wrappedValue: Value) { storage = [wrappedValue] }

    /// The value.
    var wrappedValue: Value {
        _read { yield storage[0] }
        _modify { yield &storage[0] }
    }
}
