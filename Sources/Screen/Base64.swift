/// Bytes as text of 64 characters (RFC 4648 section 4), with padding.
package enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8: UInt32] = Dictionary(
        uniqueKeysWithValues: digits.enumerated().map { ($1, UInt32($0)) })

    /// The text that stands for `bytes`, in ASCII.
    package static func encoded(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let present = min(3, bytes.count - start)
            var group = 0
            for offset in 0..<3 { group = group << 8 | (offset < present ? Int(bytes[start + offset]) : 0) }
            for digit in 0..<4 {
                text.append(digit <= present ? digits[group >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
            }
        }
        return text
    }

    /// The text that stands for `bytes`.
    package static func encoded(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.withUnsafeBytes { buffer -> [UInt8] in encoded(buffer) }, as: UTF8.self)
    }

    /// The bytes that `text` stands for; `nil` where it is no such text.
    package static func decoded(_ text: String) -> [UInt8]? {
        var rest = Array(text.utf8)[...]
        guard rest.count.isMultiple(of: 4) else { return nil }
        let padding = rest.suffix(2).count { $0 == UInt8(ascii: "=") }
        rest = rest.dropLast(padding)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rest.count / 4 * 3 + 2)
        var group: UInt32 = 0
        var count = 0
        for character in rest {
            guard let value = values[character] else { return nil }
            group = group << 6 | value
            count += 1
            guard count.isMultiple(of: 4) else { continue }
            for shift in [16, 8, 0] { bytes.append(UInt8(group >> UInt32(shift) & 0xFF)) }
            group = 0
        }
        switch count % 4 {
        case 2: bytes.append(UInt8(group >> 4 & 0xFF))
        case 3: bytes += [UInt8(group >> 10 & 0xFF), UInt8(group >> 2 & 0xFF)]
        default: break
        }
        return bytes
    }
}
