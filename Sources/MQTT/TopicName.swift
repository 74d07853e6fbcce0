/// The topic of a message, valid by construction: 1 to 65,535 bytes of UTF-8 without U+0000 and without wildcards
/// (MQTT 5.0 section 4.7). Control characters are legal here: a monitor must be able to show them.
public struct TopicName: Sendable, Hashable, CustomStringConvertible {
    /// The topic as text.
    public let string: String

    /// The topic `string`, or why it is not one.
    public init(_ string: String) throws(TopicError) {
        try TopicError.check(string)
        if string.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) {
            throw .wildcardInName  // [MQTT-3.3.2-2]
        }
        self.string = string
    }

    /// The topic as text.
    public var description: String { string }

    /// Whether both have the same bytes: MQTT knows no Unicode normalisation, as `String` does. [MQTT-4.7.3-4]
    public static func == (left: TopicName, right: TopicName) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytesOf: string) }
}

extension Hasher {
    /// Combines the bytes of `text`, without Unicode normalisation.
    mutating func combine(bytesOf text: String) {
        var text = text
        text.withUTF8 { combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// Why a text is no Topic Name or Topic Filter.
public enum TopicError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Empty text. [MQTT-4.7.3-1]
    case empty
    /// More than 65,535 bytes. [MQTT-4.7.3-3]
    case tooLong(Int)
    /// Holds U+0000. [MQTT-4.7.3-2]
    case holdsNull
    /// `+` or `#` in a Topic Name. [MQTT-3.3.2-2]
    case wildcardInName
    /// `#` that is not the last level alone. [MQTT-4.7.1-1]
    case multiLevelWildcardNotLast
    /// `+` that does not fill its level. [MQTT-4.7.1-2]
    case singleLevelWildcardNotAlone
    /// `$share` without a group and a filter. [MQTT-4.8.2-1, MQTT-4.8.2-2]
    case malformedShare

    /// What is wrong and what to do, one line.
    public var description: String {
        switch self {
        case .empty: "a topic has at least one character"
        case .tooLong(let count): "a topic has at most 65535 bytes, this one has \(count)"
        case .holdsNull: "a topic cannot hold U+0000"
        case .wildcardInName: "+ and # are wildcards: they belong in filters, a topic to publish to has none"
        case .multiLevelWildcardNotLast: "# stands alone after the last / of a filter"
        case .singleLevelWildcardNotAlone: "+ fills a whole level of a filter, as in a/+/b"
        case .malformedShare: "a shared subscription is $share/GROUP/FILTER, GROUP without + # /"
        }
    }

    /// The rules that names and filters share.
    static func check(_ string: String) throws(TopicError) {
        let count = string.utf8.count
        guard count > 0 else { throw .empty }
        guard count <= 65_535 else { throw .tooLong(count) }
        guard !string.utf8.contains(0) else { throw .holdsNull }
    }
}
