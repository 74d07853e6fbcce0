import MQTT

extension TLSFailure.Distrust {
    /// Why `server` is not trusted at `time`, seconds since 1970: the library does not say, but what is written in the
    /// certificates does. `chain` is what the server sent, its own first, empty where that is not known; `known` are the
    /// authorities that are trusted here. Nobody looks at signatures: names alone say who signed whom.
    init(of server: Certificate, chain: [Certificate], known: [Certificate], time: Int64) {
        let (reason, certificate) = Self.fault(of: server, chain, known, time)
        self.init(reason, certificate, of: server, chain: chain, time: time)
    }

    /// Goes from the server's certificate upwards, and stops at the first link that is wrong, or has nobody above it.
    private static func fault(
        of server: Certificate, _ chain: [Certificate], _ known: [Certificate], _ time: Int64
    ) -> (Reason, Certificate) {
        var link = server
        var below: [Certificate] = []
        // The first that somebody trusted is said to have signed.
        var lowest: Certificate?
        while true {
            if link.notAfter < time { return (.expired, link) }
            if link.notBefore > time { return (.notYetValid, link) }
            if link.isSelfSigned { break }
            below.append(link)
            let trusted = known.filter { $0.subject == link.issuer }
            if !trusted.isEmpty, lowest == nil { lowest = link }
            let above = (trusted.isEmpty ? chain.filter { $0.subject == link.issuer } : trusted)
                .filter { !below.contains($0) }
            // Of two with one name, an old and a new one, the library finds the one that is valid.
            guard let next = above.first(where: { $0.isValid(at: time) }) ?? above.first else {
                return (link == server && !chain.isEmpty ? .issuerNotSent : .unknownAuthority, link)
            }
            link = next
        }
        // All is complete and valid: then it is a signature, or what an authority is for.
        if known.contains(where: { $0.subject == link.subject }) { return (.notSignedByAuthority, lowest ?? server) }
        return (.unknownAuthority, below.last ?? server)
    }
}

extension Certificate {
    /// Whether it is valid at `time`, seconds since 1970.
    fileprivate func isValid(at time: Int64) -> Bool { notBefore <= time && time <= notAfter }
}
