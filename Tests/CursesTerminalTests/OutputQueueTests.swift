import Glibc
import TestSupport
import Testing

@testable import CursesTerminal

/// Bytes that wait for the terminal.
@Suite struct OutputQueueTests {
    @Test(
        "All bytes arrive in order, nobody is waited for, and a shared descriptor stays as it was",
        arguments: [
            false, true,
        ])
    func order(isNonBlocking: Bool) throws {
        let user = try PseudoTerminal()
        let descriptor = user.programDescriptor
        if isNonBlocking { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) }
        let flags = fcntl(descriptor, F_GETFL)
        var queue = OutputQueue(descriptor: descriptor, isNonBlocking: isNonBlocking)
        var expected: [UInt8] = []
        for number in 0..<20_000 {
            let piece = Array("\(number) ".utf8)
            expected += piece
            queue.append(piece)
        }
        queue.flush()
        #expect(!queue.isEmpty)
        #expect(fcntl(descriptor, F_GETFL) == flags)
        while !queue.isEmpty {
            user.read(milliseconds: 0)
            queue.flush()
        }
        while user.read(milliseconds: 0) {}
        #expect(user.received == expected)
        #expect(queue.total == expected.count)
        #expect(!queue.isBroken)
    }

    @Test("A terminal that is gone swallows everything")
    func gone() throws {
        let user = try PseudoTerminal()
        let descriptor = dup(user.programDescriptor)
        defer { close(descriptor) }
        var queue = OutputQueue(descriptor: descriptor, isNonBlocking: false)
        user.hangUp()
        queue.append([1, 2, 3])
        queue.flush()
        #expect(queue.isBroken && queue.isEmpty)
        queue.append([4])
        #expect(queue.isEmpty)
        let isDrained = queue.drain(milliseconds: 0)
        #expect(!isDrained)
    }
}
