/// Text, a row for each line.
enum TextRows {
    /// The lines of `bytes`; what is not UTF-8 becomes U+FFFD.
    static func rows(_ bytes: [UInt8], limit: Int, kind: PayloadOutline.Span.Kind = .text) -> Rows {
        var rows = Rows(limit: limit, byteCount: bytes.count)
        var start = 0
        while start < bytes.count, !rows.isFull {
            // A line that does not fit a row is not searched to its end: the next row goes on with it.
            let window = bytes[start..<min(bytes.count, start + PayloadOutline.rowCapacity + 1)]
            let end = window.firstIndex(of: UInt8(ascii: "\n")) ?? cut(bytes, start)
            var line = bytes[start..<end]
            let isWhole = end < bytes.count && bytes[end] == UInt8(ascii: "\n")
            if isWhole, line.last == UInt8(ascii: "\r") { line.removeLast() }
            let text = String(decoding: line, as: UTF8.self)
            rows.append(PayloadOutline.Row(spans: [PayloadOutline.Span(text, kind)]), from: start)
            start = isWhole ? end + 1 : end
        }
        return rows
    }

    /// Where a row that begins at `start` ends at the latest: not inside a character.
    static func cut(_ bytes: [UInt8], _ start: Int, end: Int? = nil) -> Int {
        let end = end ?? bytes.count
        let latest = start + PayloadOutline.rowCapacity
        guard latest < end else { return end }
        var cut = latest
        while cut > latest - 3, bytes[cut] & 0xC0 == 0x80 { cut -= 1 }
        return cut
    }
}
