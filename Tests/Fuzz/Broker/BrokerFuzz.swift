import FuzzSeeds
import MQTT

@testable import Broker

/// Whatever a broker, or somebody in its name, writes into its log: it is taken, in a bounded place, and told in words.
///
/// Lines of the input come one after the other; the first byte of each is how it comes and when.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBrokerLog(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0, let data else { return 0 }
    var log = BrokerLog(capacity: 20)
    var now: Int64 = 1_000_000_000
    log.advance(to: Instant(nanoseconds: now), epochSeconds: 1_795_478_240)
    let input = UnsafeBufferPointer(start: data, count: count)
    for line in input.split(separator: UInt8(ascii: "\n")) {
        let (choice, text) = (line[line.startIndex], line.dropFirst())
        now += choice & 128 == 0 ? 1_000_000 : 3_000_000_000
        let arrival = Instant(nanoseconds: now)
        switch choice & 15 {
        case 0: log.connected(as: "us", at: arrival, isLogGapless: choice & 16 == 0)
        case 1: log.lostSight(at: arrival)
        case 2: log.sourceBegins()
        case 3: log.advance(to: arrival, epochSeconds: 1_795_478_240 + now / 1_000_000_000)
        case 4...7: _ = log.ingest(line: text, arrival: arrival)
        case let number:
            let topic = "$SYS/broker/log/\(suffixes[Int(number) - 8])"
            _ = log.ingest(topic: topic.utf8, payload: text, arrival: arrival)
        }
        if choice & 32 != 0 { log.settle() }
        check(log)
    }
    log.settle()
    check(log)
    return 0
}

private let suffixes = ["E", "W", "N", "I", "M/subscribe", "M/unsubscribe", "WS", "D"]

private func check(_ log: BrokerLog) {
    precondition(log.count <= log.capacity && log.nextNumber == log.dropped + UInt64(log.count), "lines are counted")
    for index in 0..<log.count {
        precondition(log.index(of: log.number(at: index)) == index, "a line is found where it stands")
        precondition(log[index].words.utf8.count < 4_000, "words of a line are bounded")
    }
    let clients = log.roster.clients(by: .state)
    precondition(clients.count == log.roster.count, "every client is listed")
    precondition(clients.count { $0.state == .connected } == log.roster.connectedCount, "who is connected is counted")
    precondition(clients.allSatisfy { $0.lastEndWords?.isEmpty != true }, "an end has words")
    precondition((log.roster.alarms + log.roster.pastAlarms).allSatisfy { !$0.words.isEmpty }, "an alarm has words")
}

/// Writes what to begin with.
@_cdecl("LLVMFuzzerInitialize")
public func beginBrokerLog(_ argc: UnsafeMutableRawPointer, _ argv: UnsafeMutableRawPointer) -> CInt {
    let story = [
        "0", "2", "D1795478100: mosquitto version 2.0.11 starting",
        "d1795478101: Opening ipv4 listen socket on port 1883.",
        "*1795478240: New connection from 127.0.0.1:57028 on port 1883.",
        "*1795478240: New client connected from 127.0.0.1:57028 as ev3 (p2, c1, k60, u'ev3').",
        "*1795478241: New client connected from 127.0.0.1:57029 as us (p5, c0, k15).",
        ",1795478241: ev3 0 robots/#", "-1795478242: ev3 robots/#",
        "(1795478243: Client ev3 already connected, closing old connection.",
        "*1795478243: New client connected from 10.0.0.7:4000 as ev3 (p4, c0, k60).",
        "*1795478250: Client ev3 has exceeded timeout, disconnecting.",
        "*1795478251: Client tb3 [10.0.0.8:9] disconnected: exceeded timeout.",
        "*1795478252: Client <unknown> disconnected, not authorised.",
        "*1795478253: Outgoing messages are being dropped for client us.",
        "*1795478254: Client us negotiated TLSv1.3 cipher TLS_AES_256_GCM_SHA384",
        "(1795478255: OpenSSL Error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca",
        "*1795478256: Client connection from 10.0.0.7 denied: max_connections exceeded.",
        "*1795478257: Protocol error from uav1: Invalid packet.", "+1795478258: mosquitto version 2.0.11 terminating",
    ]
    let sources = [
        "Nov 26 09:00:00 host mosquitto[812]: 1795478240: Client ev3 closed its connection.",
        "2026-11-24T01:13:38+0100 host mosquitto[812]: Client ev3 closed its connection.",
        #"{"PRIORITY":"5","__REALTIME_TIMESTAMP":"1795478240123456","MESSAGE":"Client ev3 \u00f6 disconnected."}"#,
        #"{"MESSAGE":[114,195,182]}"#, "host systemd[1]: mosquitto.service: Main process exited, code=exited, status=1",
        "1795478240: Warning: File /x has world readable permissions. Future versions will refuse to load this file.",
        "To fix this, use `chmod 0700 /x`.",
    ].map { "d" + $0 }
    let texts = [story.joined(separator: "\n"), (["2"] + sources).joined(separator: "\n")] + story + sources
    Seeds.write(texts.map { Array($0.utf8) })
    return 0
}
