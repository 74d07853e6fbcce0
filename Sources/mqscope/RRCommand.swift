import Broker
import Commands
import MQTT
import MQTTClient

/// `mqscope rr`: publishes a request and prints the first message that comes to the response topic.
struct RRCommand: ~Copyable {
    private var run: CommandRun
    private let settings: CommandSettings
    private let request: Message
    private var asked: Instant?
    private var answered: Instant?
    private var denied: ReasonCode?

    init(_ settings: CommandSettings, _ configuration: ClientConfiguration) throws(UsageError) {
        guard var request = settings.message, let source = settings.sending.source else {
            preconditionFailure("rr has a topic and a message")
        }
        request.payload = try PayloadSource.payload(of: source)
        run = try CommandRun(settings, configuration, isOneShot: true)
        self.settings = settings
        self.request = request
    }

    /// Runs until the answer is there; the exit code.
    mutating func execute() -> Int32 {
        run.begin()
        while run.exitCode == nil {
            _ = run.wait()
            for delivery in run.take() where run.exitCode == nil {
                switch delivery {
                case .messages(let batch): answered = batch.arrival
                case .subscription(_, let state): take(state)
                case .outcome(_, let outcome): take(outcome)
                default: break
                }
                run.note(delivery)
            }
            if run.printer.isDone, run.exitCode == nil { finish() }
            run.flush()
        }
        return run.end()
    }

    private mutating func take(_ state: SubscriptionState) {
        switch state {
        case .granted where asked == nil:
            asked = Client.now()
            run.client.publish(request, id: RequestID(rawValue: 1))
        case .refused(let code, let reason):
            run.complain(code.name)
            if let reason { run.complain(reason) }
            run.exitCode = settings.isStrict ? Int32(code.rawValue) : 0
        case .granted, .requested, .removed, .notRemoved: break
        }
    }

    private mutating func take(_ outcome: Outcome) {
        switch outcome {
        case .acknowledged(let code, let reason, _) where code.isFailure:
            // SUBSCRIBE had Packet Identifier 1.
            run.complain("Warning: Publish 2 failed: \(code.name).")
            if let reason { run.complain(reason) }
            if settings.isStrict { run.exitCode = Int32(code.rawValue) }
        case .unsendable(.connectionLost), .unsendable(.notConnected): break  // The connection says why.
        case .unsendable(let why):
            run.complain("Error: \(request.topic): \(why.words).")
            run.exitCode = why.exitCode
        case .queued, .written, .acknowledged: break
        }
    }

    private mutating func finish() {
        run.exitCode = 0
        guard settings.sending.measuresLatency, let asked, let answered else { return }
        run.printer.line("Latency: \(Self.words(answered.since(asked)))")
    }

    /// `850ns`, `123.456000µs`, `9.356785ms`, `1.002003004s`.
    static func words(_ nanoseconds: Int64) -> String {
        func fraction(_ digits: Int, _ divisor: Int64) -> String {
            let rest = String(nanoseconds % divisor)
            let zeros = String(repeating: "0", count: max(0, String(divisor).count - 1 - rest.count))
            let text = zeros + rest
            return "\(nanoseconds / divisor).\(text)" + String(repeating: "0", count: max(0, digits - text.count))
        }
        return switch nanoseconds {
        case ..<1_000: "\(nanoseconds)ns"
        case ..<1_000_000: fraction(6, 1_000) + "µs"
        case ..<1_000_000_000: fraction(6, 1_000_000) + "ms"
        default: fraction(9, 1_000_000_000) + "s"
        }
    }
}
