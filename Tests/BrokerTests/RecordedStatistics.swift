/// What mosquitto published as statistics, recorded: 200 PUBLISH packets of 100 bytes came between the two values.
enum RecordedStatistics {
    /// A version of mosquitto.
    enum Version: String, CaseIterable {
        case old13 = "1.3.4"
        case old14 = "1.4"
        case current20 = "2.0.11"
        case current21 = "2.1.2"
    }

    private static let all = Version.allCases

    /// Topics after `$SYS/broker/`; the first value, `nil` for none, and a later one, `nil` where it did not change; and who
    /// publishes it.
    static let mosquitto: [(topic: String, first: String?, later: String?, versions: [Version])] = [
        ("bytes/received", "0", "29370", all),
        ("bytes/sent", "0", "58131", all),
        ("clients/active", "0", "3", all),
        ("clients/connected", "0", "3", [.old14, .current20, .current21]),
        ("clients/disconnected", "0", nil, [.old14, .current20, .current21]),
        ("clients/expired", "0", nil, all),
        ("clients/inactive", "0", nil, all),
        ("clients/maximum", nil, "3", [.old13, .current20, .current21]),
        ("clients/total", "0", "3", all),
        ("heap/current", "33288", "60008", all),
        ("heap/maximum", "34440", "61664", all),
        ("load/bytes/received/15min", "0.00", "1837.45", all),
        ("load/bytes/received/1min", "0.00", "11659.04", all),
        ("load/bytes/received/5min", "0.00", "4857.91", all),
        ("load/bytes/sent/15min", "0.00", "2374.40", all),
        ("load/bytes/sent/1min", "0.00", "15802.38", all),
        ("load/bytes/sent/5min", "0.00", "6311.91", all),
        ("load/connections/15min", "0.00", "0.20", all),
        ("load/connections/1min", "0.00", "1.01", all),
        ("load/connections/5min", "0.00", "0.60", all),
        ("load/messages/received/15min", "0.00", "105.63", all),
        ("load/messages/received/1min", "0.00", "891.74", all),
        ("load/messages/received/5min", "0.00", "289.89", all),
        ("load/messages/sent/15min", "0.00", "87.60", all),
        ("load/messages/sent/1min", "0.00", "688.60", all),
        ("load/messages/sent/5min", "0.00", "237.93", all),
        ("load/publish/dropped/15min", "0.00", nil, [.current20, .current21]),
        ("load/publish/dropped/1min", "0.00", nil, [.current20, .current21]),
        ("load/publish/dropped/5min", "0.00", nil, [.current20, .current21]),
        ("load/publish/received/15min", "0.00", "7.09", all),
        ("load/publish/received/1min", "0.00", "40.59", all),
        ("load/publish/received/5min", "0.00", "18.54", all),
        ("load/publish/sent/15min", "0.00", "30.42", all),
        ("load/publish/sent/1min", "0.00", "217.00", all),
        ("load/publish/sent/5min", "0.00", "81.55", all),
        ("load/sockets/15min", "0.00", "0.20", all),
        ("load/sockets/1min", "0.00", "1.01", all),
        ("load/sockets/5min", "0.00", "0.60", all),
        ("messages/received", "0", "1658", all),
        ("messages/sent", "0", "1811", all),
        ("messages/stored", "35", "58", all),
        ("publish/bytes/received", "0", "20000", all),
        ("publish/bytes/sent", "0", "23732", all),
        ("publish/messages/dropped", "0", nil, all),
        ("publish/messages/received", "0", "114", all),
        ("publish/messages/sent", "0", "912", all),
        ("retained messages/count", "40", "58", all),
        ("shared_subscriptions/count", "0", nil, [.current20, .current21]),
        ("store/messages/bytes", "151", "742", [.current20, .current21]),
        ("store/messages/count", "35", "58", [.current20, .current21]),
        ("subscriptions/count", "0", "3", all),
        ("uptime", "0 seconds", "69 seconds", all),
        ("version", "mosquitto version 2.0.11", nil, all),
    ]

    /// Topics that EMQX documents, after `$SYS/brokers/NODE/`, with values of their kind.
    static let emqx: [(topic: String, first: String, later: String)] = [
        ("version", "5.8.0", "5.8.0"),
        ("sysdescr", "EMQX", "EMQX"),
        ("uptime", "1 hours, 2 minutes, 3 seconds", "1 hours, 3 minutes, 3 seconds"),
        ("datetime", "2026-11-26T10:00:00Z", "2026-11-26T10:01:00Z"),
        ("stats/connections/count", "12", "15"),
        ("stats/connections/max", "15", "15"),
        ("stats/subscriptions/count", "40", "41"),
        ("stats/subscriptions/shared/count", "1", "1"),
        ("stats/topics/count", "30", "30"),
        ("stats/routes/count", "30", "30"),
        ("stats/retained/count", "3", "3"),
        ("metrics/bytes/received", "100000", "161440"),
        ("metrics/bytes/sent", "200000", "200000"),
        ("metrics/packets/publish/received", "1000", "1738"),
        ("metrics/messages/received", "1000", "1738"),
        ("metrics/messages/sent", "5000", "5006"),
        ("metrics/messages/dropped", "7", "9"),
        ("metrics/messages/retained", "99", "100"),
        ("metrics/messages/delivered", "5000", "5006"),
        ("metrics/messages/qos0/received", "900", "1600"),
    ]
}
