import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Keep alive")
struct KeepAliveTests {
    @Test("PINGREQ goes out in time after the last packet sent [MQTT-3.1.2-20]")
    func ping() throws {
        var bench = try SessionBench.connected { $0.keepAlive = 10 }
        #expect(try bench.wait(milliseconds: 9_000).isEmpty)
        #expect(try bench.wait(milliseconds: 1_000) == [.pingreq])
        try bench.receive(.pingresp)
        #expect(bench.output.ending == nil)
    }

    @Test("what is sent puts PINGREQ off, what is received does not")
    func putOff() throws {
        var bench = try SessionBench.connected { $0.keepAlive = 10 }
        try bench.wait(milliseconds: 6_000)
        try bench.receive(delivery("a"))
        #expect(try bench.wait(milliseconds: 4_000) == [.pingreq])
        try bench.receive(.pingresp)
        for _ in 0..<5 {
            #expect(try bench.wait(milliseconds: 6_000).isEmpty)
            try bench.publish("a")
            try bench.receive(delivery("a"))
        }
    }

    @Test("after one and a half times the interval without anything received the connection is dead")
    func dead() throws {
        var bench = try SessionBench.connected { $0.keepAlive = 10 }
        #expect(try bench.wait(milliseconds: 14_999) == [.pingreq])
        #expect(bench.output.ending == nil)
        try bench.wait(milliseconds: 1)
        #expect(bench.output.ending == .failed(.keepAliveTimeout(seconds: 10)))
    }

    @Test("who only publishes at QoS 0 asks too, and finds out that nobody is there")
    func publisher() throws {
        var bench = try SessionBench.connected { $0.keepAlive = 10 }
        var pings = 0
        for _ in 0..<14 {
            try bench.publish("a")
            pings += try bench.wait(milliseconds: 1_000).count
        }
        #expect(pings == 1 && bench.output.ending == nil)
        try bench.publish("a")
        try bench.wait(milliseconds: 1_000)
        #expect(bench.output.ending == .failed(.keepAliveTimeout(seconds: 10)))
    }

    @Test("any packet is a sign of life")
    func alive() throws {
        var bench = try SessionBench.connected { $0.keepAlive = 10 }
        for _ in 0..<100 {
            try bench.wait(milliseconds: 1_000)
            try bench.receive(delivery("a"))
        }
        #expect(bench.output.ending == nil)
    }

    @Test("the server's interval wins [MQTT-3.1.2-21]; 0 switches the mechanism off")
    func serverKeepAlive() throws {
        var bench = try SessionBench.connected(properties: properties { $0.serverKeepAlive = 2 })
        #expect(try bench.wait(milliseconds: 2_000) == [.pingreq])
        var off = try SessionBench.connected { $0.keepAlive = 0 }
        #expect(off.session.deadline == nil)
        #expect(try off.wait(milliseconds: 1_000_000).isEmpty)
        var switchedOff = try SessionBench.connected(properties: properties { $0.serverKeepAlive = 0 })
        #expect(try switchedOff.wait(milliseconds: 1_000_000).isEmpty)
    }

    @Test("while reading rests PINGREQs go out and silence proves nothing; afterwards it counts from anew")
    func resting() throws {
        var bench = try SessionBench.connected { $0.keepAlive = 10 }
        bench.session.rest(true, at: bench.now)
        let pings = try bench.wait(milliseconds: 100_000)
        #expect(pings.count >= 10 && pings.allSatisfy { $0 == .pingreq })
        #expect(bench.output.ending == nil)
        bench.session.rest(false, at: bench.now)
        try bench.wait(milliseconds: 14_000)
        #expect(bench.output.ending == nil)
        try bench.wait(milliseconds: 2_000)
        #expect(bench.output.ending == .failed(.keepAliveTimeout(seconds: 10)))
    }

    @Test("after the process stood still, the server gets half an interval to answer")
    func stoodStill() throws {
        var bench = try SessionBench.connected { $0.keepAlive = 10 }
        bench.now = bench.now.advanced(milliseconds: 3_600_000)
        bench.session.wake(at: bench.now)
        #expect(try bench.sent() == [.pingreq])
        try bench.wait(milliseconds: 4_000)
        try bench.receive(.pingresp)
        #expect(bench.output.ending == nil)
    }
}
