import Broker
import Commands
import MQTT
import MQTTClient

/// `mqscope pub`: publishes one message, once or several times, or each line of the standard input.
enum PubCommand {
    /// Runs it; the exit code.
    static func execute(_ settings: CommandSettings, _ configuration: ClientConfiguration) throws(UsageError) -> Int32 {
        guard let template = settings.message, let source = settings.sending.source else {
            preconditionFailure("pub has a topic and a message")
        }
        guard source != .lines else {
            var publisher = try LinePublisher(settings, configuration, template)
            return publisher.execute()
        }
        var message = template
        message.payload = try PayloadSource.payload(of: source)
        var publisher = try MessagePublisher(settings, configuration, message)
        return publisher.execute()
    }
}

/// Publishes the same message once or several times, each when the one before is done.
private struct MessagePublisher: ~Copyable {
    private var run: CommandRun
    private let settings: CommandSettings
    private let message: Message
    private var done = 0
    private var asked = 0
    /// When the next one is due; `nil` while one is under way.
    private var due: Instant? = .zero
    private var deniedCode: ReasonCode?

    init(
        _ settings: CommandSettings, _ configuration: ClientConfiguration, _ message: Message
    ) throws(UsageError) {
        run = try CommandRun(settings, configuration, isOneShot: true)
        self.settings = settings
        self.message = message
    }

    mutating func execute() -> Int32 {
        run.begin()
        while run.exitCode == nil {
            if let due, Client.now() >= due {
                self.due = nil
                asked += 1
                run.client.publish(message, id: RequestID(rawValue: UInt64(asked)))
            }
            _ = run.wait(until: due)
            for delivery in run.take() {
                if case .outcome(_, let outcome) = delivery { take(outcome) }
                run.note(delivery)
            }
            run.flush()
        }
        return run.end()
    }

    private mutating func take(_ outcome: Outcome) {
        switch outcome {
        case .queued: return
        case .written: break
        case .acknowledged(let code, let reason, _):
            guard code.isFailure else { break }
            deniedCode = deniedCode ?? code
            // Only one is under way at a time: each has the next Packet Identifier, from 1 to 65,535.
            run.complain("Warning: Publish \((asked - 1) % 65_535 + 1) failed: \(code.name).")
            if let reason { run.complain(reason) }
        case .unsendable(.connectionLost), .unsendable(.notConnected): return  // The connection says why.
        case .unsendable(let why):
            run.complain("Error: \(message.topic): \(why.words).")
            run.exitCode = why.exitCode
            return
        }
        done += 1
        if done == settings.sending.count {
            run.exitCode = settings.isStrict ? Int32(deniedCode?.rawValue ?? 0) : 0
        } else {
            let delay = settings.sending.delayMicroseconds
            due = Instant(nanoseconds: Client.now().nanoseconds + delay * 1_000)
        }
    }
}
