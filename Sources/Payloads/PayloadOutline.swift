/// How a payload is looked at.
package enum PayloadFormat: Sendable, Hashable, CaseIterable {
    /// As what it appears to be.
    case automatic
    /// As JSON, pretty-printed.
    case json
    /// As UTF-8 text.
    case text
    /// As a hex dump.
    case hex
}

/// What a payload means, as rows to show.
package struct PayloadOutline: Sendable {
    /// One row.
    package struct Row: Sendable, Equatable {
        /// How far it is indented.
        package var depth: Int
        /// Its pieces, from left to right.
        package var spans: [Span]
    }

    /// A piece of a row: text of one kind. The text may hold any characters.
    package struct Span: Sendable, Equatable {
        /// What a span is.
        package enum Kind: Sendable, Hashable, CaseIterable {
            case key, string, number, literal, punctuation, text, offset, bytes, note
        }

        /// Its text.
        package var text: String
        /// What it is.
        package var kind: Kind
    }

    /// What the payload was taken for: `JSON`, `text`, `number`, `hex`, `empty`, …
    package private(set) var formatName: String
    /// The rows.
    package private(set) var rows: [Row]
    /// What was left out, in words; `nil` when nothing was.
    package private(set) var omission: String?

    /// The outline of `bytes`, of at most `rowLimit` rows.
    package init(_ bytes: [UInt8], format: PayloadFormat = .automatic, rowLimit: Int = 5_000) {
        formatName = bytes.isEmpty ? "empty" : "text"
        let text = String(decoding: bytes.prefix(65_536), as: UTF8.self)
        rows = text.isEmpty ? [] : [Row(depth: 0, spans: [Span(text: text, kind: .text)])]
    }
}
