/// Text for a terminal that no `Surface` stands before, as commands print it.
package enum SafeText {
    /// `text` with a visible stand-in for whatever a terminal would not show as a glyph, line breaks and tabs among it.
    package static func of(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch Glyph(scalar) {
            case .spacing(let glyph, _): result.append(glyph)
            case .mark(let mark): result.append(mark)
            case .selector: break
            }
        }
        return String(result)
    }

    /// Whether a terminal shows `scalar` as a glyph of its own.
    package static func shows(_ scalar: Unicode.Scalar) -> Bool {
        switch Glyph(scalar) {
        case .spacing(let glyph, _): glyph == scalar
        case .mark: true
        case .selector: false
        }
    }

    /// Whether `bytes` are shown as they are, so that nothing has to be looked at more closely: printable ASCII, and line
    /// feeds and tabs where those are kept. `false` settles nothing.
    package static func isPlain(_ bytes: UnsafeRawBufferPointer, keepsLines: Bool) -> Bool {
        bytes.allSatisfy { (0x20...0x7E).contains($0) || keepsLines && ($0 == 0x0A || $0 == 0x09) }
    }

    /// Appends any `bytes` as `of(_:)` would; what is no UTF-8 becomes U+FFFD. Line feeds and tabs, which break no more
    /// than the layout, are kept where `keepsLines`.
    package static func append(_ bytes: UnsafeRawBufferPointer, keepsLines: Bool, to result: inout [UInt8]) {
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            var cursor = UTF8Cursor(bytes)
            while let scalar = cursor.next() {
                if keepsLines, scalar == "\n" || scalar == "\t" {
                    result.append(UInt8(scalar.value))
                    continue
                }
                switch Glyph(scalar) {
                case .spacing(let glyph, _): result.append(contentsOf: UTF8.encode(glyph) ?? .init())
                case .mark(let mark): result.append(contentsOf: UTF8.encode(mark) ?? .init())
                case .selector: break
                }
            }
        }
    }
}
