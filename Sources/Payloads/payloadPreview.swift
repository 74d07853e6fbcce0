/// A payload in one line of at most about `limit` bytes; `length` is its true length where `bytes` is only its beginning.
package func payloadPreview(_ bytes: some Collection<UInt8>, limit: Int, length: Int? = nil) -> String {
    bytes.isEmpty ? "‹empty›" : String(decoding: bytes.prefix(limit), as: UTF8.self)
}
