/// A payload in one line: text as it stands, line breaks included, what is not text by name or in hexadecimal.
///
/// Only the first `limit` bytes are looked at, and about as many characters come out. `length` is the true length where
/// `bytes` is only the beginning of a payload.
package func payloadPreview(_ bytes: some Collection<UInt8>, limit: Int, length: Int? = nil) -> String {
    let start = Array(bytes.prefix(max(0, limit)))
    let length = max(length ?? bytes.count, start.count)
    guard length > 0 else { return "‹empty›" }
    if let name = BinaryKind.plainName(magicOf: start[...]) { return "‹\(name) \(Quantity.bytes(length))›" }
    let isCut = length > start.count
    guard TextCheck.isText(start[...], mayBeCut: isCut) else { return hexPreview(start, limit: limit, length: length) }
    return String(decoding: wholeCharacters(start), as: UTF8.self) + (isCut ? "…" : "")
}

/// `‹28 B› 0f 00 …`
private func hexPreview(_ start: [UInt8], limit: Int, length: Int) -> String {
    let head = "‹\(Quantity.bytes(length))›"
    let room = max(1, (limit - head.count - 2) / 3)
    let shown = start.prefix(room)
    return head + " " + HexDump.hex(shown) + (shown.count < length ? " …" : "")
}

/// Valid text without the beginning of a character that it ends inside of.
private func wholeCharacters(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    var index = max(0, bytes.count - 3)
    while index < bytes.count {
        if TextCheck.sequence(bytes[...], at: index) == .incomplete { return bytes[..<index] }
        index += 1
    }
    return bytes[...]
}
