/// The exit codes of `sub`, `pub` and `rr`, which are mosquitto's; CONNACK's code is one of them when the broker refuses us.
package enum ExitStatus {
    /// What `--help` and the manual say of the codes of `command`, in the order of the codes.
    static func list(of command: Command) -> [(codes: String, meaning: String)] {
        let rows: [(codes: String, commands: Set<Command>, meaning: String)] = [
            (
                "0", [.sub],
                """
                done: by -C, -E, --retained-only, SIGINT or SIGTERM, or nobody reads the output any more; also when \
                subscriptions are denied, see --strict
                """
            ),
            ("0", [.pub], "done; also when the broker denies the message, see --strict"),
            ("0", [.rr], "the answer came; also when the subscription is denied, see --strict"),
            (
                "1", [.sub, .rr],
                "wrong options, a file that cannot be read, no connection, an output that takes no more, as on a full disk"
            ),
            (
                "1", [.pub],
                "wrong options, a file that cannot be read, no connection, a line of -l was refused or never taken"
            ),
            ("1-5", .all, "the broker refused the connection (MQTT 3.1 and 3.1.1: code of CONNACK)"),
            ("2, 8, 11", .all, "no connection: what answers is no MQTT, TLS was not agreed on, authentication failed"),
            ("3", .all, "what is to be sent cannot be written as MQTT"),
            ("7", .sending, "the connection was lost"),
            ("7", [.sub], "the broker did not answer"),
            ("24, 25", .sending, "the broker takes no message of this QoS, or no packet so large"),
            ("27", .receiving, "-W ran out"),
            (
                "128-162", .all,
                "the broker refused the connection (MQTT 5.0: Reason Code of CONNACK), or with --strict what it denied"
            ),
            (
                "129-131, 143", [.sub],
                "128 and the number of SIGHUP, of SIGQUIT, and where a password is asked for of SIGINT or SIGTERM"
            ),
            ("129-131, 143", .sending, "128 and the number of SIGHUP, SIGINT, SIGQUIT or SIGTERM"),
            ("255", [.sub], "ended by -W or a signal before the broker had answered"),
        ]
        return rows.filter { $0.commands.contains(command) }.map { ($0.codes, $0.meaning) }
    }
}
