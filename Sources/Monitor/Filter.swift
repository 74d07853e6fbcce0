import MQTT

/// What the person watching wants to see: an MQTT topic filter, or a text in topics and values.
package struct Filter: Sendable, Equatable {
    /// What was typed.
    package let text: String
    /// What it means.
    let kind: Kind

    /// The ways to filter.
    enum Kind: Sendable, Equatable {
        /// Everything matches.
        case all
        /// Topics that an MQTT topic filter matches.
        case topics(TopicPattern)
        /// Topics and values that hold a text.
        case text(TextNeedle)
    }

    /// The filter that `text` means: nothing, when empty; an MQTT topic filter, when it is a valid one with `+` or `#`;
    /// otherwise a text to find in the topic or the value, without regard to the case of ASCII letters.
    package init(_ text: String) {
        self.text = text
        let isPattern = text.utf8.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
        if isPattern, let filter = try? TopicFilter(text) {
            kind = .topics(TopicPattern(filter))
        } else if let needle = TextNeedle(text) {
            kind = .text(needle)
        } else {
            kind = .all
        }
    }

    /// Whether it lets everything through.
    package var isEmpty: Bool { kind == .all }

    /// Whether values decide too, so that what matches changes with every message.
    package var readsValues: Bool {
        if case .text = kind { true } else { false }
    }

    /// Whether a message or a topic with its latest value matches.
    package func matches(topic: some Collection<UInt8>, payload: some Collection<UInt8>) -> Bool {
        topic.withRawBytes { topic in
            if matches(topic: topic) { return true }
            return readsValues && payload.withRawBytes { matches(value: $0) }
        }
    }

    /// Whether it lets through what is no message, told in `words`: a text must stand in them, an MQTT topic filter says
    /// nothing of it.
    package func matches(words: String) -> Bool {
        guard case .text(let needle) = kind else { return true }
        return Array(words.utf8).withUnsafeBytes { needle.isFound(in: $0) }
    }

    /// Whether the topic alone makes it match.
    func matches(topic: UnsafeRawBufferPointer) -> Bool {
        switch kind {
        case .all: true
        case .topics(let pattern): pattern.matches(topic)
        case .text(let needle): needle.isFound(in: topic)
        }
    }

    /// Whether the value alone makes it match.
    func matches(value: UnsafeRawBufferPointer) -> Bool {
        guard case .text(let needle) = kind else { return false }
        return needle.isFound(in: value)
    }
}
