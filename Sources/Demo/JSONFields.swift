/// Finds single values in JSON that came over the network, without building a tree and without recursion.
struct JSONFields: Sendable {
    private let bytes: [UInt8]

    /// The fields of `bytes`; `nil` when they do not begin as a JSON object does.
    init?(_ bytes: [UInt8]) {
        guard bytes.first(where: { !Self.isSpace($0) }) == UInt8(ascii: "{"), bytes.count <= 65_536 else { return nil }
        self.bytes = bytes
    }

    /// The value of the first field called `name` at any depth when it is a string, at most 64 characters of it.
    func string(_ name: String) -> String? {
        guard let start = value(of: name), bytes[start] == UInt8(ascii: "\"") else { return nil }
        return text(at: start)?.text
    }

    /// The value of the first field called `name` at any depth when it is an integer.
    func integer(_ name: String) -> Int? {
        guard let start = value(of: name) else { return nil }
        let digits = bytes[start...].prefix { byte in
            byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// Where the value of the first field called `name` begins.
    private func value(of name: String) -> Int? {
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\"") else {
                index += 1
                continue
            }
            guard let (text, end) = text(at: index) else { return nil }
            index = skipSpace(from: end)
            guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { continue }
            index = skipSpace(from: index + 1)
            if text == name { return index < bytes.count ? index : nil }
        }
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private func skipSpace(from start: Int) -> Int {
        var index = start
        while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
        return index
    }

    /// The string whose opening quote is at `start`, and the index after its closing quote; `nil` when it never closes.
    /// Escapes stand for themselves without the backslash, except `\uXXXX` of a single scalar.
    private func text(at start: Int) -> (text: String, end: Int)? {
        var content: [UInt8] = []
        var index = start + 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                return (String(String(decoding: content, as: UTF8.self).unicodeScalars.prefix(64)), index + 1)
            case UInt8(ascii: "\\") where index + 1 < bytes.count:
                let escape = String(decoding: bytes[(index + 1)...].prefix(5), as: UTF8.self)
                if escape.first == "u", escape.utf8.count == 5, let code = UInt32(escape.dropFirst(), radix: 16),
                    let scalar = Unicode.Scalar(code)
                {
                    content.append(contentsOf: String(scalar).utf8)
                    index += 6
                } else {
                    content.append(bytes[index + 1])
                    index += 2
                }
            default:
                content.append(bytes[index])
                index += 1
            }
        }
        return nil
    }
}
