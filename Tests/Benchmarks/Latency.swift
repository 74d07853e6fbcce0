import ArgumentParser
import CLinux
import Foundation

/// From a message's way out of the broker to the line at the reader: beside mosquitto_sub, one message a millisecond.
struct LatencyCommand: ParsableCommand {
    /// Name and help.
    static let configuration = CommandConfiguration(
        commandName: "latency", abstract: "Measures from the broker to the printed line, beside mosquitto_sub.")

    /// Highest ratio of the medians.
    private static let bar = 1.1

    /// How often everything is run.
    @Option(help: "How often each program is run.") var rounds = 5
    /// How many messages.
    @Option(help: "Messages in each run.") var messages = 3_000

    /// Runs both programs in turn and prints the medians and their ratio.
    func run() throws {
        let programs = [["mosquitto_sub"], [try Child.mqscope(), "sub"]]
        var ratios: [Double] = []
        for round in 1...max(rounds, 1) {
            let times = try programs.map { try median(of: $0) }
            ratios.append(times[1] / times[0])
            print("round \(round): mosquitto_sub \(Int(times[0])) µs, mqscope sub \(Int(times[1])) µs")
        }
        ratios.sort()
        let ratio = ratios[ratios.count / 2]
        print("latency p50: ratio \(String(format: "%.2f", ratio)), must \(Self.bar)")
        if ratio > Self.bar { throw ExitCode.failure }
    }

    /// The median time of the messages that `program` prints, µs.
    private func median(of program: [String]) throws -> Double {
        let metronome = try Metronome(count: messages)
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw Trouble("no pipe: errno \(errno)") }
        defer { close(ends[0]) }
        let words = program + ["-h", "127.0.0.1", "-p", "\(metronome.port)", "-t", "#", "-C", "\(messages)"]
        let strings = words.map { strdup($0) }
        defer { for string in strings { free(string) } }
        var pid: Int32 = 0
        let error = clinux_spawn(strings.map { UnsafePointer($0) } + [nil], nil, -1, ends[1], -1, &pid)
        close(ends[1])
        guard error == 0 else { throw Trouble("\(words[0]) cannot be started: errno \(error)") }
        var times: [Double] = []
        var line: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(ends[0], &chunk, chunk.count)
            guard count > 0 else { break }
            let now = Metronome.now()
            for byte in chunk[..<count] {
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    continue
                }
                if let sent = Int64(String(decoding: line, as: UTF8.self)) { times.append(Double(now - sent) / 1_000) }
                line.removeAll(keepingCapacity: true)
            }
        }
        var code: Int32 = 0
        guard clinux_wait(pid, 10_000, &code) == 1, code == 0 else { throw Trouble("\(words[0]) failed: \(code)") }
        guard times.count == messages else { throw Trouble("\(times.count) lines of \(messages)") }
        return times.sorted()[times.count / 2]
    }
}

/// A broker for one subscriber that sends it the time, as nanoseconds, once a millisecond.
private struct Metronome {
    let port: Int

    init(count: Int) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard isListening else { throw Trouble("the metronome cannot listen: errno \(errno)") }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread {
            let descriptor = accept(listener, nil, nil)
            close(listener)
            guard descriptor >= 0 else { return }
            Self.serve(descriptor, count: count)
            close(descriptor)
        }
    }

    private static func serve(_ descriptor: Int32, count: Int) {
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        var buffer = [UInt8](repeating: 0, count: 4_096)
        guard recv(descriptor, &buffer, buffer.count, 0) > 0 else { return }
        say([0x20, 2, 0, 0], descriptor)
        guard recv(descriptor, &buffer, buffer.count, 0) > 4 else { return }
        say([0x90, 3, buffer[2], buffer[3], 0], descriptor)
        usleep(100_000)
        for _ in 0..<count {
            usleep(1_000)
            let payload = Array(String(now()).utf8)
            say([0x30, UInt8(3 + payload.count), 0, 1, 0x61] + payload, descriptor)
        }
        while recv(descriptor, &buffer, buffer.count, 0) > 0 {}
    }

    private static func say(_ bytes: [UInt8], _ descriptor: Int32) {
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Nanoseconds on a clock that never runs backwards.
    static func now() -> Int64 { clinux_now() }
}
