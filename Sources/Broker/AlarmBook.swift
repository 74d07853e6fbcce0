internal import MQTT

/// What happens to clients again and again: counted until it is an alarm, and after it is over; of bounded size.
struct AlarmBook: Sendable {
    /// Something that happened once.
    struct Occurrence {
        var kind: RosterAlarm.Kind
        var who: RosterAlarm.Who
        var moment: LogMoment
        var isUs = false
        var addresses: [String?] = []
        var isAddressGuessed = false
        var reason: EndReason?
    }

    /// What happened to one client, an alarm or about to be one.
    fileprivate struct Track: Sendable {
        var alarm: RosterAlarm
        var isRaised = false
        /// When it happened the last few times, as many as its rule counts.
        var recent: [LogMoment]
    }

    /// Most things that are counted at once.
    private static let trackCapacity = 1_000
    /// Most alarms that are over and kept.
    static let pastCapacity = 100

    /// Alarms that are over, the latest last.
    private(set) var past: [RosterAlarm] = []
    /// Alarms that are over and had to go.
    private(set) var pastDropped = 0
    private var tracks: [[UInt8]: Track] = [:]
    private var serial: UInt64 = 0
    private var sweptAt: LogMoment?

    /// Alarms that go on, in the order in which they began.
    var active: [RosterAlarm] {
        tracks.values.filter(\.isRaised).map(\.alarm).sorted { $0.serial < $1.serial }
    }

    /// Counts something that happened; tells how often it did in quick succession.
    mutating func note(_ occurrence: Occurrence) -> Int {
        let key = Self.key(occurrence.kind, occurrence.who)
        let (count, window) = occurrence.kind.rule
        if let track = tracks[key], occurrence.moment.milliseconds(since: track.alarm.last) >= window {
            end(key, at: occurrence.moment)
        }
        if tracks[key] == nil { begin(key, occurrence) }
        tracks[key]?.happened(occurrence, count: count)
        guard let track = tracks[key] else { return 1 }
        if !track.isRaised, track.recent.count == count, let first = track.recent.first,
            occurrence.moment.milliseconds(since: first) < window
        {
            tracks[key]?.isRaised = true
            tracks[key]?.alarm.serial = serial
            serial += 1
        }
        return track.alarm.count
    }

    /// An address that takes part in what is counted.
    mutating func add(_ address: String, to kind: RosterAlarm.Kind, of who: RosterAlarm.Who) {
        tracks[Self.key(kind, who)]?.alarm.add(address)
    }

    /// Time went on: what was quiet for long enough is over. Tells whether an alarm is.
    mutating func advance(to now: LogMoment) -> Bool {
        guard !tracks.isEmpty else { return false }
        if let sweptAt, (0..<1_000).contains(now.milliseconds(since: sweptAt)), now.arrival >= sweptAt.arrival {
            return false
        }
        sweptAt = now
        let over = tracks.filter { now.milliseconds(since: $0.value.alarm.last) >= $0.value.alarm.kind.rule.window }
        // In the order in which they happened last, whatever that of the dictionary.
        let order = over.sorted {
            ($0.value.alarm.last.arrival, $0.value.alarm.serial) < ($1.value.alarm.last.arrival, $1.value.alarm.serial)
        }
        for (key, _) in order { end(key, at: now) }
        return order.contains { $0.value.isRaised }
    }

    private mutating func begin(_ key: [UInt8], _ first: Occurrence) {
        if tracks.count >= Self.trackCapacity { forgetSome(at: first.moment) }
        let alarm = RosterAlarm(
            serial: 0, kind: first.kind, who: first.who, since: first.moment, last: first.moment, count: 0)
        tracks[key] = Track(alarm: alarm, recent: [])
    }

    private mutating func end(_ key: [UInt8], at now: LogMoment) {
        guard var track = tracks.removeValue(forKey: key), track.isRaised else { return }
        track.alarm.endedAt = now
        if past.count == Self.pastCapacity {
            past.removeFirst()
            pastDropped += 1
        }
        past.append(track.alarm)
    }

    /// Ends a quarter of what is counted: that which happened longest ago.
    private mutating func forgetSome(at now: LogMoment) {
        let order = tracks.map { (key: $0.key, rank: ($0.value.isRaised ? 1 : 0, $0.value.alarm.last.arrival)) }
            .sorted { $0.rank < $1.rank }
        for victim in order.prefix(Self.trackCapacity / 4) { end(victim.key, at: now) }
    }

    /// The bytes of a name: for `String` different bytes can be the same text.
    private static func key(_ kind: RosterAlarm.Kind, _ who: RosterAlarm.Who) -> [UInt8] {
        switch who {
        case .client(let name): [kind.rawValue, 0] + name.utf8
        case .address(let address): [kind.rawValue, 1] + address.utf8
        case .unknown: [kind.rawValue, 2]
        }
    }
}

extension AlarmBook.Track {
    /// It happened again.
    fileprivate mutating func happened(_ occurrence: AlarmBook.Occurrence, count: Int) {
        if recent.count == count { recent.removeFirst() }
        recent.append(occurrence.moment)
        alarm.last = occurrence.moment
        alarm.count += 1
        alarm.isUs = occurrence.isUs
        alarm.reason = occurrence.reason ?? alarm.reason
        alarm.isAddressGuessed = alarm.isAddressGuessed || occurrence.isAddressGuessed
        for address in occurrence.addresses { alarm.add(address) }
    }
}
