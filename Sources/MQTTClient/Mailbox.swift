import MQTT
import Synchronization

/// Between the event loop and the tasks that wait: outcomes go to who asked, batches wait for who iterates. One lock, taken
/// once per read or request; bounded in bytes as `Inbox` is.
final class Mailbox: Outlet {
    /// From so many bytes on, reading rests.
    static let capacity = 16 << 20

    /// A task that waits for something.
    private typealias Waiter<Value> = CheckedContinuation<Result<Value, RequestFailure>, Never>
    /// Something to do when the lock is free again.
    private typealias Deed = @Sendable () -> Void

    /// A task that waits for the server's answers to SUBSCRIBE or UNSUBSCRIBE.
    private struct Asking {
        var filters: [TopicFilter]
        var isSubscribing: Bool
        var answers: [TopicFilter: SubscriptionState] = [:]
        var waiter: Waiter<[SubscriptionState]>
    }

    private struct State {
        var status = ConnectionStatus.idle
        /// Why nothing comes any more; `nil` while something may.
        var end: RequestFailure?
        var batches = Queue<(batch: Batch, byteCount: Int)>()
        var byteCount = 0
        var resting: [Deed] = []
        var nextKey: UInt64 = 1
        // Who waits, by a key of their own.
        var reading: [UInt64: Waiter<Void>] = [:]
        var connecting: [UInt64: Waiter<ConnectionInfo>] = [:]
        var publishing: [UInt64: Waiter<PublishResult>] = [:]
        var asking: [UInt64: Asking] = [:]
        var observers: [UInt64: AsyncStream<ConnectionStatus>.Continuation] = [:]

        mutating func key() -> UInt64 {
            defer { nextKey += 1 }
            return nextKey
        }
    }

    private let state = Mutex(State())

    /// How the connection stands.
    var status: ConnectionStatus { state.withLock { $0.status } }

    /// A connection is asked for: `batches` and requests wait again.
    func reopen() {
        state.withLock { state in
            guard state.end != nil else { return }
            state.end = nil
            state.status = .idle
        }
    }

    // MARK: From the event loop

    func post(_ deliveries: [Delivery]) {
        let deeds = state.withLock { state in deliveries.flatMap { Self.take($0, &state) } }
        for deed in deeds { deed() }
    }

    /// Who iterates takes batches whole.
    func offer(_ batch: Batch) -> Bool { false }

    func rest(until resume: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard state.byteCount >= Self.capacity else { return false }
            state.resting.append(resume)
            return true
        }
    }

    private static func take(_ delivery: Delivery, _ state: inout State) -> [Deed] {
        switch delivery {
        case .messages(let batch):
            let byteCount = delivery.byteCount
            state.batches.append((batch, byteCount))
            state.byteCount += byteCount
            return release(&state.reading, with: .success(()))
        case .outcome(let id, let outcome):
            guard let result = result(of: outcome), let waiter = state.publishing.removeValue(forKey: id.rawValue)
            else { return [] }
            return [{ waiter.resume(returning: result) }]
        case .subscription(let filter, let answer): return settle(filter, answer, &state)
        case .status(let status): return change(to: status, &state)
        case .trace, .behind, .progress: return []
        }
    }

    /// What an outcome says in the end; `nil` while it is not the last word.
    private static func result(of outcome: Outcome) -> Result<PublishResult, RequestFailure>? {
        switch outcome {
        case .queued: nil
        case .written: .success(PublishResult())
        case .acknowledged(let code, let reason, _):
            code.isFailure
                ? .failure(.refused(code, reasonString: reason))
                : .success(PublishResult(reasonCode: code, reasonString: reason))
        case .unsendable(let why): .failure(.unsendable(why))
        }
    }

    private static func settle(_ filter: TopicFilter, _ answer: SubscriptionState, _ state: inout State) -> [Deed] {
        /// Whether it is an answer for who asked. A removed filter is also the answer for who waits to be subscribed to it.
        func isAnswer(for asking: Asking) -> Bool {
            switch answer {
            case .requested: false
            case .granted, .refused: asking.isSubscribing
            case .notRemoved: !asking.isSubscribing
            case .removed: true
            }
        }
        var deeds: [Deed] = []
        for (key, var asking) in state.asking where isAnswer(for: asking) && asking.filters.contains(filter) {
            asking.answers[filter] = answer
            state.asking[key] = asking
            let answers = asking.filters.compactMap { asking.answers[$0] }
            guard answers.count == asking.filters.count else { continue }
            state.asking[key] = nil
            deeds.append { [waiter = asking.waiter] in waiter.resume(returning: .success(answers)) }
        }
        return deeds
    }

    private static func change(to status: ConnectionStatus, _ state: inout State) -> [Deed] {
        state.status = status
        let deeds: [Deed] = state.observers.values.map { observer in { observer.yield(status) } }
        switch status {
        case .idle, .connecting: return deeds
        case .connected(let info): return deeds + release(&state.connecting, with: .success(info))
        case .waiting(let failure, _): return deeds + release(&state.connecting, with: .failure(.connection(failure)))
        case .failed(let failure): return deeds + end(.connection(failure), &state)
        case .closed: return deeds + end(.closed, &state)
        }
    }

    /// Nothing comes any more: whoever waits is told.
    private static func end(_ failure: RequestFailure, _ state: inout State) -> [Deed] {
        state.end = failure
        var asking = state.asking.mapValues(\.waiter)
        state.asking.removeAll()
        var deeds = release(&state.reading, with: .failure(failure))
        deeds += release(&state.connecting, with: .failure(failure))
        deeds += release(&state.publishing, with: .failure(failure))
        deeds += release(&asking, with: .failure(failure))
        deeds += state.observers.values.map { observer in { observer.finish() } }
        state.observers.removeAll()
        return deeds
    }

    /// Tells `result` to all who wait for it.
    private static func release<Value: Sendable>(
        _ waiters: inout [UInt64: Waiter<Value>], with result: Result<Value, RequestFailure>
    ) -> [Deed] {
        defer { waiters.removeAll(keepingCapacity: true) }
        return waiters.values.map { waiter in { waiter.resume(returning: result) } }
    }

    // MARK: From tasks

    /// The batch that waits longest, or the next that comes; `nil` when nothing comes any more, or the task is cancelled.
    func batch() async -> Batch? {
        while true {
            let (batch, isOver) = takeBatch()
            if isOver || batch != nil { return batch }
            let result: Result<Void, RequestFailure> = await wait(
                register: { state, key, waiter in
                    guard state.batches.isEmpty, state.end == nil else { return .success(()) }
                    state.reading[key] = waiter
                    return nil
                },
                withdraw: { $0.reading.removeValue(forKey: $1) })
            if case .failure(.cancelled) = result { return nil }
        }
    }

    /// The batch that waits longest, or whether none will come.
    private func takeBatch() -> (batch: Batch?, isOver: Bool) {
        let (batch, isOver, resting): (Batch?, Bool, [Deed]) = state.withLock { state in
            guard let first = state.batches.popFirst() else { return (nil, state.end != nil, []) }
            state.byteCount -= first.byteCount
            guard state.byteCount < Self.capacity else { return (first.batch, false, []) }
            defer { state.resting = [] }
            return (first.batch, false, state.resting)
        }
        for resume in resting { resume() }
        return (batch, isOver)
    }

    /// The connection, or why the first attempt at it failed.
    func connected() async throws(RequestFailure) -> ConnectionInfo {
        let result: Result<ConnectionInfo, RequestFailure> = await wait(
            register: { state, key, waiter in
                switch state.status {
                case .connected(let info): return .success(info)
                case .waiting(let failure, _): return .failure(.connection(failure))
                case .failed, .closed, .idle, .connecting: break
                }
                if let end = state.end { return .failure(end) }
                state.connecting[key] = waiter
                return nil
            },
            withdraw: { $0.connecting.removeValue(forKey: $1) })
        return try result.get()
    }

    /// What becomes of the publish that `request` asks for.
    func published(by request: (RequestID) -> Void) async throws(RequestFailure) -> PublishResult {
        let result: Result<PublishResult, RequestFailure> = await wait(
            register: { state, key, waiter in
                if let end = state.end { return .failure(end) }
                state.publishing[key] = waiter
                return nil
            },
            withdraw: { $0.publishing.removeValue(forKey: $1) },
            then: { request(RequestID(rawValue: $0)) })
        return try result.get()
    }

    /// The server's answers for `filters` that `request` asks for.
    func answered(
        for filters: [TopicFilter], isSubscribing: Bool, by request: () -> Void
    ) async throws(RequestFailure) -> [SubscriptionState] {
        guard !filters.isEmpty else { return [] }
        let result: Result<[SubscriptionState], RequestFailure> = await wait(
            register: { state, key, waiter in
                if let end = state.end { return .failure(end) }
                state.asking[key] = Asking(filters: filters, isSubscribing: isSubscribing, waiter: waiter)
                return nil
            },
            withdraw: { $0.asking.removeValue(forKey: $1)?.waiter },
            then: { _ in request() })
        return try result.get()
    }

    /// Waits: `register` keeps the waiter under a key, or knows the result already; `withdraw` takes it back when the
    /// task is cancelled; `request` is done once the waiter is kept.
    private func wait<Value: Sendable>(
        register: (inout State, UInt64, Waiter<Value>) -> Result<Value, RequestFailure>?,
        withdraw: @escaping @Sendable (inout State, UInt64) -> Waiter<Value>?,
        then request: (UInt64) -> Void = { _ in }
    ) async -> Result<Value, RequestFailure> {
        let key = state.withLock { $0.key() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let result = state.withLock { state in
                    Task.isCancelled ? .failure(.cancelled) : register(&state, key, waiter)
                }
                if let result { waiter.resume(returning: result) } else { request(key) }
            }
        } onCancel: {
            state.withLock { withdraw(&$0, key) }?.resume(returning: .failure(.cancelled))
        }
    }

    /// The status now, and each change; ends when nothing comes any more.
    func statuses() -> AsyncStream<ConnectionStatus> {
        AsyncStream(bufferingPolicy: .bufferingNewest(64)) { observer in
            let key = state.withLock { state in
                let key = state.key()
                observer.yield(state.status)
                if state.end == nil { state.observers[key] = observer } else { observer.finish() }
                return key
            }
            observer.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.observers.removeValue(forKey: key) }
            }
        }
    }
}
