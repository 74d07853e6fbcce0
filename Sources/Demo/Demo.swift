internal import CLinux
import Glibc
package import MQTT

/// What a demo is made of.
package struct DemoOptions: Sendable {
    /// Decides every value and every moment.
    package var seed: UInt64
    /// Whether things go wrong.
    package var faults: Bool

    /// A demo with the given seed, in which things go wrong unless said otherwise.
    package init(seed: UInt64 = 1, faults: Bool = true) {
        self.seed = seed
        self.faults = faults
    }
}

/// A robot lab on a private mosquitto: six robots, each a real MQTT connection, on a thread of their own.
package final class Demo {
    /// Who may watch everything.
    package static let userName = "monitor"
    /// The password of `userName`.
    package static let password = "demo-monitor"

    /// Where the broker listens.
    package var endpoint: Endpoint { broker.endpoint }
    /// The broker.
    package let broker: DemoBroker

    private let options: DemoOptions
    private let stopSignal: Int32
    private var thread: UInt64?

    /// Starts the broker; the robots come with `start`. To be called from the main thread, like everything that starts
    /// children.
    package init(options: DemoOptions = DemoOptions()) throws(DemoFailure) {
        self.options = options
        broker = try DemoBroker()
        stopSignal = clinux_event_open()
        guard stopSignal >= 0 else { throw .cannotRun(program: "mqscope demo", why: "no more descriptors") }
    }

    deinit {
        stop()
        close(stopSignal)
    }

    /// Opens the lab: the robots connect and speak.
    package func start() {
        guard thread == nil else { return }
        let floor = LabFloor(endpoint: endpoint, brokerErrors: broker.errors, stopSignal: stopSignal, options: options)
        var handle: UInt64 = 0
        let context = Unmanaged.passRetained(floor).toOpaque()
        let failure = clinux_thread_start(
            { context in
                guard let context else { return }
                Unmanaged<LabFloor>.fromOpaque(context).takeRetainedValue().run()
            }, context, &handle)
        precondition(failure == 0, "a process that is just starting can start a thread")
        thread = handle
    }

    /// Sends the robots home and ends the broker; returns when nothing is left of them. Idempotent.
    package func stop() {
        if let thread {
            clinux_event_signal(stopSignal)
            clinux_thread_join(thread)
        }
        thread = nil
        broker.stop()
    }
}
