import Glibc
import MQTT

@testable import Commands

/// One message and what is printed of it.
struct Printout {
    /// The batch with the message.
    var batch = Batch(arrival: .zero)
    /// How it is printed.
    var options = MessagePrinter.Options()
    /// 2016-08-10T08:47:38.786368637Z
    static let wallNanoseconds: Int64 = 1_470_818_858_786_368_637

    /// A message to be printed.
    init(
        topic: String = "a/b", _ payload: [UInt8], qos: QoS = .atMostOnce, isRetained: Bool = false,
        isDuplicate: Bool = false, identifier: UInt16 = 0, properties: Properties = Properties()
    ) throws {
        var bytes: [UInt8] = []
        try properties.encode(into: &bytes, of: .publishToClient)
        // Without their length, which is short here.
        batch.append(
            topic: topic, payload: payload, properties: Array(bytes.dropFirst()),
            flags: PublishFlags(qos: qos, isRetained: isRetained, isDuplicate: isDuplicate), identifier: identifier)
    }

    /// A message whose payload is text.
    init(topic: String = "a/b", _ payload: String, properties: Properties = Properties()) throws {
        try self.init(topic: topic, Array(payload.utf8), properties: properties)
    }

    /// What goes to stdout and stderr.
    func printed() -> (bytes: [UInt8], complaints: String) {
        var printer = MessagePrinter(options)
        printer.take(batch, wallNanoseconds: Self.wallNanoseconds)
        return (Array(printer.output.bytes), String(decoding: printer.complaints, as: UTF8.self))
    }

    /// The same as text, in `format` and without an end of line.
    func text(_ format: String) throws -> String {
        var copy = self
        copy.options.style = .format(try OutputFormat(format.utf8))
        copy.options.endsLines = false
        return String(decoding: copy.printed().bytes, as: UTF8.self)
    }

    /// The same in another style, with its end of line.
    func text(_ style: MessagePrinter.Style, _ change: (inout MessagePrinter.Options) -> Void = { _ in }) -> String {
        var copy = self
        copy.options.style = style
        change(&copy.options)
        return String(decoding: copy.printed().bytes, as: UTF8.self)
    }

    /// What strftime makes of the time of the printout, in the zone of this machine.
    static func time(_ format: String) -> String {
        var seconds = time_t(wallNanoseconds / 1_000_000_000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 128)
        let count = strftime(&text, text.count, format, &parts)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Properties with `change` made to them.
func properties(_ change: (inout Properties) -> Void) -> Properties {
    var properties = Properties()
    change(&properties)
    return properties
}
