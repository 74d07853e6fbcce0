/// JSON, pretty-printed in its own order and spelling.
///
/// Containers without containers inside stand on one row when they are short, and long lists of numbers share rows.
/// Nothing is recursive: any nesting is read.
struct JSONOutline {
    /// The bytes are not JSON.
    struct Failure: Error, Equatable {
        /// Where it was noticed; everything before is text without control characters.
        var offset: Int
    }

    /// Most bytes of a container, or of some members of a list, on one row.
    private static let width = 40
    /// Bytes that are looked at for the end of a short container.
    private static let lookahead = 160
    /// Rows that lie deeper are indented no further.
    private static let deepestIndent = 64

    private typealias Span = PayloadOutline.Span

    /// What may come next.
    private enum Expectation {
        case value, valueOrClose, key, keyOrClose, colon, commaOrClose, end
    }

    private let bytes: [UInt8]
    private var scanner: JSONScanner
    private var expectation = Expectation.value
    /// The containers that are open, outermost first: whether each is an object.
    private var open: [Bool] = []
    private(set) var rows: Rows
    private var isNumber = false
    /// What the next value's row begins with: its name.
    private var name: (text: Range<Int>, start: Int)?
    /// Columns used by a row of list members that another one may join.
    private var shared: Int?

    private init(_ bytes: [UInt8], limit: Int) {
        self.bytes = bytes
        scanner = JSONScanner(bytes)
        rows = Rows(limit: limit, byteCount: bytes.count)
    }

    /// What it is called: `JSON`, or `number` when the whole is one.
    var formatName: String { isNumber ? "number" : scanner.holdsExtension ? "JSON with NaN" : "JSON" }

    /// The rows of `bytes`, or where they are not JSON.
    static func rows(_ bytes: [UInt8], limit: Int) -> Result<JSONOutline, Failure> {
        var outline = JSONOutline(bytes, limit: limit)
        while true {
            let token = outline.scanner.next()
            if token == .end, outline.expectation == .end { return .success(outline) }
            guard outline.take(token) else { return .failure(Failure(offset: outline.scanner.tokenStart)) }
        }
    }

    /// Takes the next token; `false` when it cannot stand here.
    private mutating func take(_ token: JSONScanner.Token) -> Bool {
        switch (token, expectation) {
        case (.string(let range), .key), (.string(let range), .keyOrClose):
            name = (range, scanner.tokenStart)
            expectation = .colon
        case (.colon, .colon): expectation = .value
        case (.string(let range), .value), (.string(let range), .valueOrClose): scalar(range, .string)
        case (.literal(let range), .value), (.literal(let range), .valueOrClose): scalar(range, .literal)
        case (.number(let range), .value), (.number(let range), .valueOrClose):
            isNumber = open.isEmpty
            scalar(range, .number)
        case (.open(let isObject), .value), (.open(let isObject), .valueOrClose): begin(isObject)
        case (.comma, .commaOrClose):
            rows.extendLast([Span(",", .punctuation)])
            shared = shared.map { $0 + 1 }
            expectation = open.last == true ? .key : .value
        case (.close(let isObject), .commaOrClose), (.close(let isObject), .keyOrClose),
            (.close(let isObject), .valueOrClose):
            guard open.last == isObject else { return false }
            open.removeLast()
            add([Span(isObject ? "}" : "]", .punctuation)], from: scanner.tokenStart)
            ended()
        default: return false
        }
        return true
    }

    // MARK: Rows

    private var depth: Int { min(open.count, Self.deepestIndent) }

    /// A value is complete.
    private mutating func ended() { expectation = open.isEmpty ? .end : .commaOrClose }

    /// Adds a row at the present depth.
    private mutating func add(_ spans: [Span], from start: Int) {
        shared = nil
        rows.append(PayloadOutline.Row(depth: depth, spans: spans), from: start)
    }

    private mutating func scalar(_ range: Range<Int>, _ kind: Span.Kind) {
        defer { ended() }
        guard !rows.isFull else { return }
        if open.last == false, kind != .string, range.count <= Self.width {
            let text = String(decoding: bytes[range], as: UTF8.self)
            if let used = shared, used + 1 + range.count <= Self.width {
                rows.extendLast([Span(" ", .punctuation), Span(text, kind)])
                shared = used + 1 + range.count
            } else {
                add([Span(text, kind)], from: range.lowerBound)
                shared = range.count
            }
            return
        }
        let start = name?.start ?? range.lowerBound
        var spans = takeName()
        // A long text goes on in rows of its own, one step deeper.
        var cut = TextRows.cut(bytes, range.lowerBound, end: range.upperBound)
        spans.append(Span(String(decoding: bytes[range.lowerBound..<cut], as: UTF8.self), kind))
        add(spans, from: start)
        while cut < range.upperBound, !rows.isFull {
            let next = TextRows.cut(bytes, cut, end: range.upperBound)
            let span = Span(String(decoding: bytes[cut..<next], as: UTF8.self), kind)
            rows.append(PayloadOutline.Row(depth: depth + 1, spans: [span]), from: cut)
            cut = next
        }
    }

    private mutating func begin(_ isObject: Bool) {
        if !rows.isFull {
            let start = name?.start ?? scanner.tokenStart
            let spans = takeName()
            if let short = short(isObject) {
                add(spans + short, from: start)
                ended()
                return
            }
            add(spans + [Span(isObject ? "{" : "[", .punctuation)], from: start)
        }
        name = nil
        open.append(isObject)
        expectation = isObject ? .keyOrClose : .valueOrClose
    }

    /// The name that waits for its value, cut when it is long, and a colon; nothing in a list.
    private mutating func takeName() -> [Span] {
        guard let (range, _) = name else { return [] }
        name = nil
        let cut = TextRows.cut(bytes, range.lowerBound, end: range.upperBound)
        var spans = [Span(String(decoding: bytes[range.lowerBound..<cut], as: UTF8.self), .key)]
        if cut < range.upperBound { spans.append(Span("… (\(Quantity.grouped(range.count)) bytes)", .note)) }
        return spans + [Span(": ", .punctuation)]
    }

    /// The rest of a container that has just begun, when it is short and holds no other one; the scanner is after it then.
    private mutating func short(_ isObject: Bool) -> [Span]? {
        var ahead = scanner.ahead(atMost: Self.lookahead)
        var spans = [Span(isObject ? "{" : "[", .punctuation)]
        var used = 1
        var token = ahead.next()
        if token != .close(isObject: isObject) {
            while true {
                if isObject {
                    guard case .string(let key) = token, ahead.next() == .colon else { return nil }
                    spans += [Span(String(decoding: bytes[key], as: UTF8.self), .key), Span(": ", .punctuation)]
                    used += key.count + 2
                    token = ahead.next()
                }
                guard let (range, kind) = Self.scalar(token) else { return nil }
                spans.append(Span(String(decoding: bytes[range], as: UTF8.self), kind))
                used += range.count
                guard used < Self.width else { return nil }
                token = ahead.next()
                if token == .close(isObject: isObject) { break }
                guard token == .comma else { return nil }
                spans.append(Span(", ", .punctuation))
                used += 2
                token = ahead.next()
            }
        }
        scanner.catchUp(with: ahead)
        return spans + [Span(isObject ? "}" : "]", .punctuation)]
    }

    private static func scalar(_ token: JSONScanner.Token) -> (Range<Int>, Span.Kind)? {
        switch token {
        case .string(let range): (range, .string)
        case .number(let range): (range, .number)
        case .literal(let range): (range, .literal)
        default: nil
        }
    }
}
