internal import MQTT

extension LogGrammar {
    /// `ID QOS FILTER`. An identifier may hold spaces: the longest known one wins, else the line must have one reading.
    func subscription(_ text: Piece, knownOnly: Bool) -> LogLine.Event? {
        let readings = text.splits(last: " ").compactMap { client, rest -> (client: Piece, qos: QoS, filter: Piece)? in
            var filter = rest
            guard let number = filter.takeNumber(), rest.bytes.count - filter.bytes.count == 1, filter.take(" "),
                let qos = UInt8(exactly: number).flatMap(QoS.init), !filter.isEmpty, !client.isEmpty
            else { return nil }
            return (client, qos, filter)
        }
        let only = !knownOnly && readings.count == 1 ? readings.first : nil
        guard let (client, qos, filter) = readings.first(where: { clients.contains($0.client) }) ?? only else {
            return nil
        }
        return .subscribed(client: client.text, qos, filter: filter.text)
    }

    /// `ID FILTER`, read as a subscription is.
    func unsubscription(_ text: Piece, knownOnly: Bool) -> LogLine.Event? {
        let readings = text.splits(last: " ").filter { !$0.before.isEmpty && !$0.after.isEmpty }
        let only = !knownOnly && readings.count == 1 ? readings.first : nil
        guard let (client, filter) = readings.first(where: { clients.contains($0.before) }) ?? only else { return nil }
        return .unsubscribed(client: client.text, filter: filter.text)
    }
}
