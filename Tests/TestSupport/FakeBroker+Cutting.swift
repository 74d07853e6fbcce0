import Foundation
import Synchronization

/// When the connections through a port are cut: each after a random number of bytes, by a close or a reset. What is drawn
/// is the same in every run with the same seed.
package final class Cuts: Sendable {
    private struct State: Sendable {
        var bits: UInt64
        var remaining: Int
        var isOn = false

        /// The next random number below `limit` (SplitMix64).
        mutating func next(below limit: UInt64) -> Int {
            bits &+= 0x9E37_79B9_7F4A_7C15
            var mixed = bits
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ (mixed >> 31)) % limit)
        }
    }

    private let state: Mutex<State>

    /// So many cuts, none before `begin`.
    package init(_ count: Int, seed: UInt64) { state = Mutex(State(bits: seed, remaining: count)) }

    /// How many are to come.
    package var remaining: Int { state.withLock { $0.remaining } }

    /// From now on connections are cut.
    package func begin() { state.withLock { $0.isOn = true } }

    /// How many bytes a connection lives for from now on, 20 to 6,000; `nil` while none is cut.
    fileprivate func lifetime() -> Int? {
        state.withLock { $0.isOn ? 20 + $0.next(below: 5_980) : nil }
    }

    /// Takes one cut: whether it is a reset; `nil` when there is none left.
    fileprivate func take() -> Bool? {
        state.withLock { state in
            guard state.remaining > 0 else { return nil }
            state.remaining -= 1
            return state.next(below: 2) == 0
        }
    }
}

/// One connection through the port, both directions together.
private final class CutLine: Sendable {
    private let cuts: Cuts
    private let rest = Mutex<Int?>(nil)

    init(_ cuts: Cuts) { self.cuts = cuts }

    /// How many of the next `count` bytes pass, and how the connection is cut behind them, by a reset or not.
    func pass(_ count: Int) -> (count: Int, isReset: Bool?) {
        rest.withLock { rest in
            guard let left = rest ?? cuts.lifetime() else { return (count, nil) }
            rest = max(0, left - count)
            guard left <= count, let isReset = cuts.take() else { return (count, nil) }
            return (left, isReset)
        }
    }
}

extension FakeBroker {
    /// Hands everything on to `port` and back, until `cuts` ends the connection, in the middle of a packet or not.
    package static func cutting(_ cuts: Cuts, to port: Int) -> Script {
        { client in
            guard let server = Connection.connect(to: port) else { return }
            let line = CutLine(cuts)
            client.alongside { pump(from: server, to: client, line) }
            pump(from: client, to: server, line)
        }
    }

    private static func pump(from source: Connection, to target: Connection, _ line: CutLine) {
        while let bytes = source.receive() {
            let (count, isReset) = line.pass(bytes.count)
            target.send(Array(bytes.prefix(count)))
            guard let isReset else { continue }
            for end in [source, target] {
                if isReset { end.reset() } else { end.close() }
            }
            return
        }
        source.close()
        target.close()
    }
}

extension FakeBroker.Connection {
    /// A connection to `port` on 127.0.0.1; `nil` when nothing listens there.
    package static func connect(to port: Int) -> FakeBroker.Connection? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let connection = FakeBroker.Connection(descriptor, number: 0)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        return isConnected ? connection : nil
    }
}
