/// The lines of the broker's log in the order in which the broker wrote them, of bounded size.
///
/// Each line has a number by which it is found again wherever it stands: lines are numbered as they come.
struct SortedLines: Sendable {
    /// Where a line stands among the others.
    struct Place: Sendable, Hashable, Comparable {
        /// Seconds since 1970 UTC by the broker's clock, as well as they are known.
        var seconds: Int64
        /// Within a second: 0 for a line that a file brought before any that had come by topic, else 1.
        var rank: Int
        /// The number of the line.
        var number: UInt64

        static func < (left: Place, right: Place) -> Bool {
            (left.seconds, left.rank, left.number) < (right.seconds, right.rank, right.number)
        }
    }

    /// A line, and what it says on its own, whatever was before it.
    struct Entry: Sendable {
        /// The line as it is shown.
        var line: LogLine
        /// What it says on its own.
        let event: LogLine.Event

        /// A line of which nothing else is known.
        init(_ line: LogLine) {
            self.line = line
            event = line.kind
        }
    }

    /// Most lines kept.
    let capacity: Int
    /// Lines that had to go.
    private(set) var dropped: UInt64 = 0
    private var entries: [UInt64: Entry] = [:]
    private var places: [Place] = []
    private var head = 0
    /// Places that are left empty at the front before the others move up.
    private static let slack = 1_024

    /// None, at most `capacity`.
    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// Lines kept.
    var count: Int { places.count - head }
    /// The number of the next line.
    var nextNumber: UInt64 { dropped + UInt64(count) }
    /// Where the newest line stands; `nil` before there is one.
    var newest: Place? { count > 0 ? places.last : nil }

    /// Where the line at `index` stands, 0 the oldest.
    func place(at index: Int) -> Place { places[head + index] }

    /// The line with this number; `nil` when it is gone, or yet to come.
    subscript(number: UInt64) -> Entry? { entries[number] }

    /// Changes the line with this number, if it is kept.
    mutating func change(_ number: UInt64, _ body: (inout LogLine) -> Void) {
        guard entries[number] != nil else { return }
        body(&entries[number]!.line)
    }

    /// At which index the line with this number stands; `nil` when it is gone, or yet to come.
    func index(of number: UInt64) -> Int? { places[head...].lastIndex { $0.number == number }.map { $0 - head } }

    /// Puts a line where its time belongs, after others of the same second and rank; tells the place, and the line that
    /// had to go.
    mutating func insert(
        _ line: LogLine, seconds: Int64, rank: Int
    ) -> (place: Place, gone: (place: Place, entry: Entry)?) {
        let place = Place(seconds: seconds, rank: rank, number: nextNumber)
        var index = places.count
        while index > head, place < places[index - 1] { index -= 1 }
        places.insert(place, at: index)
        entries[place.number] = Entry(line)
        guard count > capacity else { return (place, nil) }
        let oldest = places[head]
        head += 1
        if head == Self.slack {
            places.removeFirst(head)
            head = 0
        }
        dropped += 1
        return (place, entries.removeValue(forKey: oldest.number).map { (oldest, $0) })
    }
}
