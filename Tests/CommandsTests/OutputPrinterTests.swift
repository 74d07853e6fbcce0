import MQTT
import Testing

@testable import Commands

@Suite("Output: which messages are printed, and how")
struct OutputPrinterTests {
    @Test("the payload alone: an empty one is nothing; -v: topic and payload, (null) for an empty one; -N")
    func fixedForms() throws {
        let (some, none) = (try Printout("Hello"), try Printout(""))
        #expect(some.text(.payload) == "Hello\n" && none.text(.payload) == "")
        #expect(some.text(.verbose) == "a/b Hello\n" && none.text(.verbose) == "a/b (null)\n")
        #expect(some.text(.payload) { $0.endsLines = false } == "Hello")
        #expect(some.text(.verbose) { $0.endsLines = false } == "a/b Hello")
        #expect(none.text(.verbose) { $0.endsLines = false } == "")
        #expect(none.text(.format(try OutputFormat("%t".utf8))) == "a/b\n")
    }

    @Test("bytes pass untouched, unless a terminal has to be kept safe")
    func safety() throws {
        let nasty = "\u{1b}[2J\u{9b}1m\u{202e}abc\rdef\u{7}\tü\n"
        let message = try Printout(topic: "t\u{1b}\n", nasty)
        #expect(message.text(.verbose) == "t\u{1b}\n \(nasty)\n")
        let safe = message.text(.verbose) { $0.isSafe = true }
        #expect(safe == "t␛␊ ␛[2J\u{fffd}1m\u{fffd}abc␍def␇\tü\n\n")
        // What the user writes into a format is the user's own.
        let format = MessagePrinter.Style.format(try OutputFormat("\\e[1m%t\\e[0m".utf8))
        #expect(message.text(format) { $0.isSafe = true } == "\u{1b}[1mt␛␊\u{1b}[0m\n")
        let json = message.text(.json) { $0.isSafe = true }
        #expect(json.contains(#""payload":"\u001b[2J\u009b1m\u202eabc\rdef\u0007\tü\n""#))
        let binary = try Printout([0x41, 0xC3, 0x28])
        #expect(binary.text(.payload) { $0.isSafe = true } == "A\u{fffd}(\n")
    }

    /// A batch of messages, `r` retained, by their topics.
    private func batch(_ topics: (name: String, isRetained: Bool)...) -> Batch {
        var batch = Batch(arrival: .zero)
        for topic in topics {
            batch.append(
                topic: topic.name, payload: Array(topic.name.utf8),
                flags: PublishFlags(qos: .atMostOnce, isRetained: topic.isRetained))
        }
        return batch
    }

    @Test("-R, -T, -C: what is dropped does not count; nothing is printed behind the last")
    func selection() throws {
        var options = MessagePrinter.Options()
        options.skipsRetained = true
        options.filteredOut = [try TopicFilter("no/#")]
        options.limit = 2
        var printer = MessagePrinter(options)
        printer.take(
            batch(("a", false), ("b", true), ("no/c", false), ("d", false), ("e", false)), wallNanoseconds: 0)
        let text = String(decoding: printer.output.bytes, as: UTF8.self)
        #expect(text == "a\nd\n")
        let (isDone, count) = (printer.isDone, printer.count)
        #expect(isDone && count == 2)
    }

    @Test("--retained-only ends with the first live message; --remove-retained names what to remove")
    func retained() throws {
        var options = MessagePrinter.Options()
        options.isRetainedOnly = true
        options.removesRetained = true
        var printer = MessagePrinter(options)
        printer.take(batch(("a", true), ("b", true)), wallNanoseconds: 0)
        let wasDone = printer.isDone
        #expect(!wasDone)
        printer.take(batch(("c", false), ("d", true)), wallNanoseconds: 0)
        let (isDone, removals) = (printer.isDone, printer.removals.map(\.string))
        #expect(isDone && removals == ["a", "b"])
        let text = String(decoding: printer.output.bytes, as: UTF8.self)
        #expect(text == "a\nb\n")
    }

    @Test("--random-filter prints the percentage that it says", arguments: [0.1, 10, 50, 99])
    func random(share: Double) {
        var options = MessagePrinter.Options()
        options.share = share
        options.seed = 4_711
        var printer = MessagePrinter(options)
        let message = batch(("a", false))
        for _ in 0..<100_000 { printer.take(message, wallNanoseconds: 0) }
        let printed = Double(printer.output.bytes.count / 2) / 1_000
        #expect(abs(printed - share) < 1)
        let count = printer.count
        #expect(count == 100_000)
    }

    @Test("numbers, zeros before them, and the room of the buffer")
    func buffer() {
        var output = OutputBuffer(capacity: 1)
        for number in [0, 7, 10, -3, Int64.max, .min] {
            output.append(decimal: number)
            output.append(" ")
        }
        output.append(decimal: 5, digits: 3)
        let text = String(decoding: output.bytes, as: UTF8.self)
        #expect(
            text
                == "0 7 10 -3 9223372036854775807 -9223372036854775808 005")
        output.append(Array(repeating: 0x61, count: 10_000_000))
        let count = output.bytes.count
        #expect(count == 10_000_000 + text.utf8.count)
        output.removeAll()
        let isEmpty = output.isEmpty
        #expect(isEmpty)
    }
}

@Suite("Output: lines of the standard input")
struct OutputLineTests {
    /// All lines of `text` that is read in pieces of `size` bytes, with their numbers.
    private func lines(
        _ text: String, size: Int, limit: Int = 100
    ) -> (lines: [String], overlong: [LineCutter.Overlong]) {
        var cutter = LineCutter(limit: limit)
        var found: [String] = []
        func add(_ lines: LineCutter.Lines) {
            for (index, range) in lines.ranges.enumerated() {
                found.append("\(lines.firstNumber + index):" + String(decoding: lines.bytes[range], as: UTF8.self))
            }
        }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            cutter.bytes += rest.prefix(size)
            rest = rest.dropFirst(size)
            while let lines = cutter.cut() { add(lines) }
        }
        if let last = cutter.finish() { add(last) }
        return (found, cutter.overlong)
    }

    @Test(
        "lines come whole, empty ones and one without its end too, \\r and NUL stay, whatever is read at once",
        arguments: [1, 2, 3, 7, 100])
    func cutting(size: Int) {
        let (found, overlong) = lines("one\n\ntwo\r\nthr\0ee\nlast", size: size)
        #expect(found == ["1:one", "2:", "3:two\r", "4:thr\0ee", "5:last"] && overlong.isEmpty)
        #expect(lines("", size: size).lines.isEmpty)
        #expect(lines("\n", size: size).lines == ["1:"])
    }

    @Test("a long line makes a group that is nothing but the line, to be taken up without a copy")
    func alone() {
        var cutter = LineCutter(aloneSize: 5)
        cutter.bytes = Array("12345\na\nb\n".utf8)
        let long = LineCutter.Lines(bytes: Array("12345".utf8), ranges: [0..<5], firstNumber: 1)
        let first = cutter.cut()
        #expect(first == long)
        let second = cutter.cut()
        #expect(second?.ranges == [0..<1, 2..<3] && second?.firstNumber == 2)
        let third = cutter.cut()
        #expect(third == nil && cutter.finish() == nil)
    }

    @Test("a line that is too long is left out by its number, the others are not", arguments: [1, 3, 8, 100])
    func overlong(size: Int) {
        let text = "a\n123456789\nb\nc\n1234567890123456789012\nd\n123456"
        let (found, overlong) = lines(text, size: size, limit: 5)
        #expect(found == ["1:a", "3:b", "4:c", "6:d"] && overlong.map(\.number) == [2, 5, 7])
        #expect(overlong.map(\.byteCount) == [9, 22, 6])
    }
}
