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
///
/// Only so many rows are made; the bytes beyond them are looked at once at most, to tell what they are.
package struct PayloadOutline: Sendable {
    /// One row.
    package struct Row: Sendable, Equatable {
        /// How far it is indented.
        package var depth: Int
        /// Its pieces, from left to right.
        package var spans: [Span]

        /// A row of `spans`.
        package init(depth: Int = 0, spans: [Span]) {
            self.depth = depth
            self.spans = spans
        }
    }

    /// A piece of a row: text of one kind. The text may hold any characters.
    package struct Span: Sendable, Equatable {
        /// What a span is.
        package enum Kind: Sendable, Hashable, CaseIterable {
            /// The name of a member of a JSON object, with its quotes.
            case key
            /// A JSON string, with its quotes.
            case string
            /// A number, as it is written.
            case number
            /// `true`, `false`, `null`.
            case literal
            /// Brackets, colons, commas.
            case punctuation
            /// Text.
            case text
            /// Where a row of a hex dump begins.
            case offset
            /// Bytes in hexadecimal.
            case bytes
            /// A remark of ours.
            case note
        }

        /// Its text.
        package var text: String
        /// What it is.
        package var kind: Kind

        /// A piece that is `text`.
        package init(_ text: String, _ kind: Kind) {
            self.text = text
            self.kind = kind
        }
    }

    /// Most bytes of text in one row; what is longer goes on in the next one.
    static let rowCapacity = 1_024

    /// What the payload was taken for: `JSON`, `text`, `number`, `hex`, `empty`, `JPEG 320×240`, …
    package private(set) var formatName: String
    /// The rows.
    package private(set) var rows: [Row]
    /// Bytes of the payload that no row shows.
    package private(set) var omittedByteCount: Int

    /// What was left out, in words; `nil` when nothing was.
    package var omission: String? {
        omittedByteCount > 0
            ? "\(Quantity.grouped(omittedByteCount)) more byte\(omittedByteCount == 1 ? "" : "s")" : nil
    }

    /// The outline of `bytes`, of at most `rowLimit` rows; `columns` are those of the screen, for hex dumps.
    package init(
        _ bytes: [UInt8], format: PayloadFormat = .automatic, rowLimit: Int = 5_000, columns: Int = .max
    ) {
        let limit = max(0, rowLimit)
        guard !bytes.isEmpty else {
            self.init("empty", Rows(limit: limit, byteCount: 0))
            return
        }
        switch format {
        case .automatic: self.init(guessing: bytes, limit: limit, columns: columns)
        case .json: self.init(json: bytes, limit: limit)
        case .text: self.init("text", TextRows.rows(bytes, limit: limit))
        case .hex: self.init("hex", HexDump.rows(bytes, limit: limit, columns: columns))
        }
    }

    private init(_ formatName: String, _ rows: Rows) {
        self.formatName = formatName
        self.rows = rows.rows
        omittedByteCount = rows.omittedByteCount
    }

    private init(guessing bytes: [UInt8], limit: Int, columns: Int) {
        if let name = BinaryKind.name(magicOf: bytes) {
            self.init(name, HexDump.rows(bytes, limit: limit, columns: columns))
            return
        }
        var checked = 0  // everything before is text
        if JSONScanner.mayBegin(bytes) {
            switch JSONOutline.rows(bytes, limit: limit) {
            case .success(let outline):
                self.init(outline.formatName, outline.rows)
                return
            case .failure(let failure): checked = failure.offset
            }
        }
        if TextCheck.isNumber(bytes) {
            self.init("number", TextRows.rows(bytes, limit: limit, kind: .number))
        } else if TextCheck.isText(bytes[checked...]) {
            self.init("text", TextRows.rows(bytes, limit: limit))
        } else {
            self.init(BinaryKind.name(structureOf: bytes) ?? "hex", HexDump.rows(bytes, limit: limit, columns: columns))
        }
    }

    private init(json bytes: [UInt8], limit: Int) {
        switch JSONOutline.rows(bytes, limit: limit) {
        case .success(let outline): self.init(outline.formatName, outline.rows)
        case .failure(let failure):
            let note = Span("not JSON from byte \(Quantity.grouped(failure.offset)) on", .note)
            var text = TextRows.rows(bytes, limit: max(0, limit - 1))
            if limit > 0 { text.insertFirst(Row(spans: [note])) }
            self.init("text", text)
        }
    }
}

/// Rows that are made one after the other, up to a limit, and where in the payload they stop.
struct Rows {
    /// Most rows.
    let limit: Int
    /// Bytes of the whole payload.
    let byteCount: Int
    /// The rows so far.
    private(set) var rows: [PayloadOutline.Row] = []
    private var cut: Int?

    /// No rows yet of a payload of `byteCount` bytes.
    init(limit: Int, byteCount: Int) {
        self.limit = limit
        self.byteCount = byteCount
    }

    /// Whether a row did not fit any more.
    var isFull: Bool { cut != nil }
    /// Bytes that no row shows.
    var omittedByteCount: Int { cut.map { byteCount - $0 } ?? 0 }

    /// Adds a row that shows the bytes from `offset` on; nothing once the limit is reached.
    mutating func append(_ row: PayloadOutline.Row, from offset: Int) {
        guard cut == nil else { return }
        guard rows.count < limit else {
            cut = offset
            return
        }
        rows.append(row)
    }

    /// Adds spans to the last row; nothing once the limit is reached.
    mutating func extendLast(_ spans: [PayloadOutline.Span]) {
        guard cut == nil, let last = rows.indices.last else { return }
        rows[last].spans += spans
    }

    /// Puts a row before all others.
    mutating func insertFirst(_ row: PayloadOutline.Row) { rows.insert(row, at: 0) }
}
