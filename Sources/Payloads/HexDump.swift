/// Bytes as they are: 16 in a row, or 8 where there is no room, with their offset, in hexadecimal and as ASCII.
enum HexDump {
    private static let digits = Array("0123456789abcdef".utf8)

    /// The rows of `bytes` for `columns` of the screen.
    static func rows(_ bytes: [UInt8], limit: Int, columns: Int = .max) -> Rows {
        var rows = Rows(limit: limit, byteCount: bytes.count)
        let offsetDigits = bytes.count > 0x10000 ? 8 : 4
        let step = offsetDigits + 2 + 48 + 2 + 16 <= columns ? 16 : 8
        var start = 0
        while start < bytes.count, !rows.isFull {
            let row = bytes[start..<min(bytes.count, start + step)]
            rows.append(
                PayloadOutline.Row(
                    spans: [
                        PayloadOutline.Span(offset(start, digits: offsetDigits) + "  ", .offset),
                        PayloadOutline.Span(hex(row, columns: step) + "  ", .bytes),
                        PayloadOutline.Span(ascii(row), .text),
                    ]), from: start)
            start += step
        }
        return rows
    }

    /// `0f 00 a1`: a blank between bytes and one more after eight, padded to `columns` bytes.
    static func hex(_ bytes: ArraySlice<UInt8>, columns: Int = 0) -> String {
        var text: [UInt8] = []
        for column in 0..<max(bytes.count, columns) {
            if column > 0 { text.append(UInt8(ascii: " ")) }
            if column == 8, columns > 8 { text.append(UInt8(ascii: " ")) }
            guard column < bytes.count else {
                text += [UInt8(ascii: " "), UInt8(ascii: " ")]
                continue
            }
            let byte = bytes[bytes.startIndex + column]
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func offset(_ offset: Int, digits count: Int) -> String {
        let text = (0..<count).map { digits[offset >> (4 * (count - 1 - $0)) & 15] }
        return String(decoding: text, as: UTF8.self)
    }

    private static func ascii(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    }
}
