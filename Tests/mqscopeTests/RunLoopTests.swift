import CLinux
import Dashboard
import Foundation
import Logging
import MQTT
import MQTTClient
import Monitor
import Screen
import Synchronization
import TestSupport
import Testing

@testable import mqscope

/// The script and the record of a terminal that exists in memory only; shared with the test that drives it.
final class TerminalScript {
    /// One step: wait until the screen shows this, or one of several between `|` (nothing: at once), then type.
    struct Step {
        var awaits: String
        var inputs: [Input]
    }

    var steps: [Step]
    /// What was shown last.
    var screen = ""
    /// All texts that were waited for in vain.
    var missed: [String] = []
    /// What was put on the clipboard.
    var copied: [[UInt8]] = []
    /// Whether the terminal takes what is offered to its clipboard.
    var takesCopies = true
    var isClosed = false
    var presentCount = 0
    /// Readable when the screen has changed since the script looked, so that the run loop looks for keys.
    let changed = clinux_event_open()
    let deadline = Date().addingTimeInterval(20)

    init(_ steps: [(awaits: String, keys: String)]) {
        self.steps = steps.map { step in
            Step(
                awaits: step.awaits,
                inputs: step.keys.unicodeScalars.map {
                    .key($0 == "\n" ? .enter : $0 == "\u{13}" ? .control("s") : .character($0))
                })
        }
    }

    /// The next input, when what it waits for is on the screen. After the last step, and after the deadline, Ctrl-C.
    func next() -> Input? {
        if Date() > deadline {
            missed.append(steps.first?.awaits ?? "the end")
            return .key(.control("c"))
        }
        guard var step = steps.first else { return .key(.control("c")) }
        guard step.awaits.isEmpty || step.awaits.split(separator: "|").contains(where: { screen.contains($0) }) else {
            clinux_event_clear(changed)
            return nil
        }
        guard !step.inputs.isEmpty else {
            steps.removeFirst()
            return next()
        }
        let input = step.inputs.removeFirst()
        step.awaits = ""
        steps[0] = step
        return input
    }
}

/// A terminal in memory, driven by a script.
struct ScriptedTerminal: Terminal, ~Copyable {
    let script: TerminalScript
    var size = Size(rows: 43, columns: 132)
    var isBacklogged: Bool { false }
    var isClosed: Bool { false }

    mutating func present(_ surface: borrowing Surface) {
        script.presentCount += 1
        clinux_event_signal(script.changed)
        script.screen = (0..<surface.size.rows).map { surface.line($0) }.joined(separator: "\n")
    }
    mutating func flush() {}
    mutating func nextInput() -> Input? { script.next() }
    mutating func resize() {}
    mutating func suspend() {}
    mutating func resume() {}
    mutating func repaint() {}
    mutating func copy(_ text: [UInt8]) -> Bool {
        script.copied.append(text)
        return script.takesCopies
    }
    mutating func close() { script.isClosed = true }
}

/// The whole program in memory: run loop, dashboard and client on a scripted terminal and a scripted broker.
@Suite struct RunLoopTests {
    private func run(
        _ steps: [(awaits: String, keys: String)], port: Int, takesCopies: Bool = true
    ) -> (code: Int32, script: TerminalScript) {
        let script = TerminalScript(steps)
        script.takesCopies = takesCopies
        let inbox = Inbox()
        var configuration = ClientConfiguration(
            endpoint: Endpoint(host: "127.0.0.1", port: port), clientIdentifier: "run-loop-test")
        configuration.subscriptions = [Subscription(.system), Subscription(.everything)]
        let client = Client(configuration: configuration, inbox: inbox, now: { Instant(nanoseconds: clinux_now()) })
        var options = DashboardOptions(endpoint: configuration.endpoint)
        options.limits.historyBytes = 4 << 20
        var loop = RunLoop(
            terminal: ScriptedTerminal(script: script), dashboard: Dashboard(options: options), client: client,
            inbox: inbox, descriptors: Descriptors(input: script.changed, output: -1, signals: -1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return (loop.run(), script)
    }

    @Test func connectsShowsPublishesAndLeaves() throws {
        let seen = Mutex<FakeBroker.Connection?>(nil)
        let works = FakeBroker.working(
            afterSubscribe: { FakeBroker.publish("hello/world", Array("hello".utf8), version: $0) })
        let broker = FakeBroker({ connection in
            seen.withLock { $0 = connection }
            works(connection)
        })
        let (code, script) = run(
            [
                ("world", "G"), ("● live", "p"), ("payload", "x\u{13}"),
                ("handed to the network", ""),
            ], port: broker.port)
        #expect(script.missed.isEmpty, "\(script.screen)")
        #expect(code == 0)
        #expect(script.isClosed)
        let connection = try #require(seen.withLock { $0 })
        #expect(connection.waitForPacket { $0.first == 0x30 } != nil, "PUBLISH")
        #expect(connection.waitForPacket { $0.first == 0xE0 } != nil, "DISCONNECT is sent before leaving")
    }

    /// A broker that delivers one message, whose topic and payload share no word.
    private static let greeting = FakeBroker.working(
        afterSubscribe: { FakeBroker.publish("hello/world", Array("21.5 °C".utf8), version: $0) })

    @Test func topicAndPayloadAreHandedToTheTerminalByteForByte() {
        let broker = FakeBroker(Self.greeting)
        let (_, script) = run(
            [
                ("world", "G"), ("● live", "y"), ("Topic hello/world handed to the terminal", "Y"),
                ("Payload (8 B) handed to the terminal", "q"),
            ], port: broker.port)
        #expect(script.missed.isEmpty, "\(script.screen)")
        #expect(script.copied == [Array("hello/world".utf8), Array("21.5 °C".utf8)])
    }

    @Test func whatTheTerminalDoesNotTakeIsSaidNotToBeCopied() {
        let broker = FakeBroker(Self.greeting)
        let (_, script) = run(
            [("world", "G"), ("● live", "y"), ("Not copied", "Y"), ("8 B are too much", "q")],
            port: broker.port, takesCopies: false)
        #expect(script.missed.isEmpty, "\(script.screen)")
        #expect(script.copied == [Array("hello/world".utf8), Array("21.5 °C".utf8)])
        #expect(script.screen.contains("Not copied: this terminal has no clipboard, or 8 B are too much for it."))
        #expect(!script.screen.contains("handed to the terminal"))
    }

    @Test func withoutABrokerItStaysUpAndSaysWhatToDo() throws {
        let port = try Mosquitto.freePort()
        let (code, script) = run(
            [("Nothing listens on 127.0.0.1:\(port)", "?"), ("Keys", "q"), ("Topics", "q")], port: port)
        #expect(script.missed.isEmpty, "\(script.screen)")
        #expect(code == 0)
    }

    @Test func anIdleDashboardDrawsAtMostOnceASecond() {
        let broker = FakeBroker(FakeBroker.working())
        let (_, script) = run([("● live 00:00:03|● live 00:00:04", "q")], port: broker.port)
        #expect(script.missed.isEmpty, "\(script.screen)")
        #expect(script.presentCount < 20, "\(script.presentCount) frames in three seconds")
    }
}
