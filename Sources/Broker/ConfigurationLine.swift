/// A line of a mosquitto.conf that is neither empty nor a comment.
package struct ConfigurationLine: Sendable, Hashable {
    /// The file it stands in, as it was named.
    package let file: String
    /// Its number in the file, from 1.
    package let number: Int
    /// The option's name; as mosquitto does it ends at the first space, so that a tab belongs to it.
    package let key: String
    /// What follows the name, without the blanks around it.
    package let value: String

    /// The value up to its first space: all that mosquitto reads of numbers, flags and the like.
    var word: String { String(value.prefix { $0 != " " }) }

    /// The second word of the value; `nil` when there is none or a comment begins there.
    var secondWord: String? {
        let words = value.split(separator: " ", maxSplits: 2)
        guard words.count > 1, !words[1].hasPrefix("#") else { return nil }
        return String(words[1])
    }

    /// The value as a flag; `nil` when mosquitto would refuse it.
    var flag: Bool? {
        switch word {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }

    /// The value as a number, which ends at the first character that is no digit, as with `atoi`.
    var integer: Int { Int(word.prefix { "-0123456789".contains($0) }) ?? 0 }

    /// The lines of the file that is called `file` and holds `bytes`. What is no UTF-8 becomes `U+FFFD`. There
    /// should be no NUL byte among them: mosquitto reads nothing of a file after one.
    package static func all(in bytes: [UInt8], file: String) -> [ConfigurationLine] {
        let (space, tab, newline, hash) = (UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "#"))
        var lines: [ConfigurationLine] = []
        for (index, raw) in bytes.split(separator: newline, omittingEmptySubsequences: false).enumerated() {
            if raw.first == hash { continue }
            var rest = raw
            while rest.last == UInt8(ascii: "\r") { rest.removeLast() }
            rest = rest.drop { $0 == space }
            let key = rest.prefix { $0 != space }
            var value = rest[key.endIndex...].drop { $0 == space || $0 == tab }
            while value.last == space || value.last == tab { value.removeLast() }
            guard !key.isEmpty else { continue }
            lines.append(
                ConfigurationLine(
                    file: file, number: index + 1, key: String(decoding: key, as: UTF8.self),
                    value: String(decoding: value, as: UTF8.self)))
        }
        return lines
    }
}
