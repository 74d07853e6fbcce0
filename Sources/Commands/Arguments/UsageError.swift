/// Why arguments make no command: in mosquitto's words where it has some, then what to do. The exit code is 1.
package struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, in mosquitto's words: `Error: Invalid QoS given: 3`.
    package var message: String
    /// What to do; may be empty.
    package var advice: String
    /// Where it stands when that is not the command line: `line 3 of /home/ev3/.config/mosquitto_sub`.
    package var place: String?

    /// The error `message`, and what to do about it.
    package init(_ message: String, _ advice: String = "") {
        self.message = message
        self.advice = advice
    }

    /// All of it on one line, without anything that could move a terminal's cursor.
    package var description: String {
        var text = message
        if let place {
            if text.hasSuffix(".") { text.removeLast() }
            text += " (\(place))"
        }
        if !text.hasSuffix("."), !text.hasSuffix("?") { text += "." }
        if !advice.isEmpty { text += " " + advice }
        return String(String.UnicodeScalarView(text.unicodeScalars.map(Self.visible)))
    }

    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
        default: scalar
        }
    }
}
