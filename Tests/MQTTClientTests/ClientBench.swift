import Glibc
import MQTT
import MQTTClient
import NIOCore
import NIOPosix
import Testing

/// A real `Client` with somebody who reads its inbox.
final class ClientBench {
    let inbox: Inbox
    let client: Client
    private let eventLoop: any EventLoop
    /// Everything that came so far.
    private(set) var deliveries: [Delivery] = []
    private var next: UInt64 = 0
    private var searched = 0

    init(
        port: Int, host: String = "127.0.0.1", inboxCapacity: Int = 16 << 20,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) {
        var configuration = ClientConfiguration(endpoint: Endpoint(host: host, port: port), clientIdentifier: "bench")
        change(&configuration)
        inbox = Inbox(capacity: inboxCapacity)
        eventLoop = group.next()
        client = Client(configuration: configuration, inbox: inbox, now: Client.now, group: eventLoop)
    }

    deinit { client.stop(timeoutMilliseconds: 1_000) }

    /// Reads what waits; waits at most so many milliseconds for something.
    func read(milliseconds: Int32 = 100) {
        var descriptor = pollfd(fd: inbox.fileDescriptor, events: Int16(POLLIN), revents: 0)
        poll(&descriptor, 1, milliseconds)
        deliveries += inbox.take()
    }

    /// Forgets what came so far.
    func forget() {
        deliveries.removeAll(keepingCapacity: true)
        searched = 0
    }

    /// Waits at most `seconds` until something that was not found before is what `find` looks for.
    @discardableResult
    func wait<Found>(
        _ seconds: Int64 = 30, for what: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ find: (Delivery) -> Found?
    ) throws -> Found {
        let limit = Client.now().advanced(milliseconds: seconds * 1_000)
        while true {
            while searched < deliveries.count {
                searched += 1
                if let found = find(deliveries[searched - 1]) { return found }
            }
            guard Client.now() < limit else {
                Issue.record("no \(what) within \(seconds) s; \(statuses)", sourceLocation: sourceLocation)
                throw Missing(what: what)
            }
            read()
        }
    }

    /// Waits until the client has done all that it is doing now.
    func settle() throws { try eventLoop.submit {}.wait() }

    /// Processor time of the client's thread so far, milliseconds.
    func processorTime() throws -> Int {
        try eventLoop.submit {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
        }.wait()
    }

    /// Waits for CONNACK.
    @discardableResult
    func connected(sourceLocation: SourceLocation = #_sourceLocation) throws -> ConnectionInfo {
        try wait(for: "connection", sourceLocation: sourceLocation) {
            if case .status(.connected(let info)) = $0 { info } else { nil }
        }
    }

    /// Waits for a failure that is tried again.
    @discardableResult
    func waiting(sourceLocation: SourceLocation = #_sourceLocation) throws -> ConnectionFailure {
        try wait(for: "failure", sourceLocation: sourceLocation) {
            if case .status(.waiting(let failure, _)) = $0 { failure } else { nil }
        }
    }

    /// Waits for a failure that is final.
    @discardableResult
    func failed(sourceLocation: SourceLocation = #_sourceLocation) throws -> ConnectionFailure {
        try wait(for: "final failure", sourceLocation: sourceLocation) {
            if case .status(.failed(let failure)) = $0 { failure } else { nil }
        }
    }

    /// Waits until a subscription to `filter` is granted.
    @discardableResult
    func granted(_ filter: TopicFilter, sourceLocation: SourceLocation = #_sourceLocation) throws -> QoS {
        try wait(for: "subscription", sourceLocation: sourceLocation) {
            if case .subscription(filter, .granted(let qos)) = $0 { qos } else { nil }
        }
    }

    /// Publishes and waits for the last word on it.
    @discardableResult
    func publish(
        _ topic: String, _ payload: [UInt8] = [], qos: QoS = .atMostOnce, isRetained: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let id = send(topic, payload, qos: qos, isRetained: isRetained)
        return try wait(for: "outcome", sourceLocation: sourceLocation) {
            if case .outcome(id, let outcome) = $0, outcome != .queued { outcome } else { nil }
        }
    }

    /// Publishes.
    @discardableResult
    func send(_ topic: String, _ payload: [UInt8] = [], qos: QoS = .atMostOnce, isRetained: Bool = false) -> RequestID {
        next += 1
        let id = RequestID(rawValue: next)
        client.publish(Message(topic: name(topic), payload: payload, qos: qos, isRetained: isRetained), id: id)
        return id
    }

    /// Waits until `count` messages have come in all; every one as `topic=payload`.
    func messages(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String] {
        let limit = Client.now().advanced(milliseconds: 60_000)
        while messageCount < count, Client.now() < limit { read() }
        #expect(messageCount == count, sourceLocation: sourceLocation)
        return deliveries.flatMap { delivery -> [String] in
            guard case .messages(let batch) = delivery else { return [] }
            return batch.records.map {
                String(decoding: batch.topic($0), as: UTF8.self) + "="
                    + String(decoding: batch.payload($0), as: UTF8.self)
            }
        }
    }

    /// Messages so far.
    var messageCount: Int {
        deliveries.reduce(0) { count, delivery in
            if case .messages(let batch) = delivery { count + batch.count } else { count }
        }
    }

    /// The states of the connection so far.
    var statuses: [ConnectionStatus] {
        deliveries.compactMap { if case .status(let status) = $0 { status } else { nil } }
    }

    /// The packets of the trace so far, with their direction.
    var packets: [String] {
        deliveries.flatMap { delivery -> [String] in
            guard case .trace(let records) = delivery else { return [] }
            return records.map { "\($0.direction) \($0.type.name)" }
        }
    }
}

/// Something did not come in time.
struct Missing: Error { let what: String }
