/// A level of the topic tree, with or without messages of its own; a small number that is for good.
package struct TopicID: Hashable, Sendable {
    /// Its index among all levels.
    package let rawValue: UInt32

    /// The level with index `rawValue`.
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}
