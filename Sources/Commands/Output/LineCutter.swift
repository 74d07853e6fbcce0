internal import Glibc

/// Cuts a stream into lines, however long those are, without copying them.
package struct LineCutter: Sendable {
    /// Lines that belong together, by where they are in `bytes`.
    package struct Lines: Sendable, Equatable {
        /// Holds all of them, and what ends them.
        package var bytes: [UInt8]
        /// Where each line is, without its line feed.
        package var ranges: [Range<Int>]
        /// The number of the first one, from 1.
        package var firstNumber: Int
    }

    /// What was read and not cut yet; to be appended to.
    package var bytes: [UInt8] = []
    /// A line that is left out.
    package struct Overlong: Sendable, Equatable {
        /// Its number, from 1.
        package var number: Int
        /// How many bytes it has.
        package var byteCount: Int
    }

    /// Lines that were longer than `limit`, and are left out, since somebody took them.
    package var overlong: [Overlong] = []
    /// Most bytes of a line.
    package let limit: Int
    /// Bytes from which on a line makes a group of its own.
    private let aloneSize: Int
    private var number = 1
    private var scanned = 0
    /// Bytes of the present line that are gone, as it is too long.
    private var skippedCount = 0

    /// A cutter at the beginning of line 1; lines of more than `limit` bytes are left out, those from `aloneSize` bytes on
    /// make groups of their own.
    package init(limit: Int = 268_435_455, aloneSize: Int = 1 << 17) {
        self.limit = limit
        self.aloneSize = aloneSize
    }

    /// The lines that are whole, if there are any. What is left begins the next one.
    package mutating func cut() -> Lines? {
        var ranges: [Range<Int>] = []
        var start = 0
        while let end = nextLineFeed() {
            scanned = end + 1
            if skippedCount > 0 || end - start > limit {
                // A group ends before a line that is left out, so that its numbers stay without gaps.
                if !ranges.isEmpty {
                    scanned = start
                    break
                }
                overlong.append(Overlong(number: number, byteCount: skippedCount + end))
                number += 1
                skippedCount = 0
                bytes.removeFirst(end + 1)
                scanned = 0
                start = 0
                continue
            }
            ranges.append(start..<end)
            start = end + 1
            // It stands first, and goes alone.
            if ranges.count == 1, ranges[0].count >= aloneSize { break }
        }
        if ranges.isEmpty {
            scanned = bytes.count
            if skippedCount > 0 || bytes.count > limit {
                skippedCount += bytes.count
                bytes.removeAll()
                scanned = 0
            }
            return nil
        }
        defer { number += ranges.count }
        let rest = Array(bytes[start...])
        // A line alone is all there is of its group: whoever takes it up need not copy it.
        if ranges.count == 1 { bytes.removeLast(bytes.count - ranges[0].upperBound) }
        let lines = Lines(bytes: bytes, ranges: ranges, firstNumber: number)
        bytes = rest
        scanned = max(scanned - start, 0)
        return lines
    }

    /// The last line, where it has no line feed.
    package mutating func finish() -> Lines? {
        defer {
            bytes = []
            scanned = 0
        }
        if skippedCount > 0 {
            overlong.append(Overlong(number: number, byteCount: skippedCount + bytes.count))
            return nil
        }
        guard !bytes.isEmpty else { return nil }
        return Lines(bytes: bytes, ranges: [bytes.indices], firstNumber: number)
    }

    private func nextLineFeed() -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard scanned < bytes.count, let base = bytes.baseAddress else { return nil }
            let found = memchr(base + scanned, Int32(UInt8(ascii: "\n")), bytes.count - scanned)
            return found.map { UnsafeRawPointer($0) - base }
        }
    }
}
