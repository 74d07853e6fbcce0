/// What a monitor called `monitor` receives from mosquitto while everything happens that can, put together from the very
/// lines that each version was seen to write for each event: severity | line. The clients that remain are in `clients`.
enum RosterSessions {
    /// mosquitto 1.3.4: no line for a refused login, no quotes around the user name.
    static let version13 = #"""
        N | New connection from 127.0.0.1 on port 1883.
        N | New client connected from 127.0.0.1 as plain (c1, k60).
        N | Client plain disconnected.
        N | New connection from 127.0.0.1 on port 1883.
        N | New client connected from 127.0.0.1 as user (c0, k15, urobot).
        M/subscribe | user 2 robots/#
        N | Socket error on client user, disconnecting.
        N | New connection from 127.0.0.1 on port 1883.
        N | Socket error on client (null), disconnecting.
        N | New connection from ::1 on port 1883.
        N | New client connected from ::1 as uav1 (c1, k60).
        N | New connection from 127.0.0.1 on port 1883.
        E | Client uav1 already connected, closing old connection.
        N | New client connected from 127.0.0.1 as uav1 (c1, k60).
        I | Invalid protocol version 5 in CONNECT from 127.0.0.1.
        N | Socket error on client (null), disconnecting.
        """#

    /// mosquitto 1.4: two lines for a keep-alive that was exceeded, and for a takeover.
    static let version14 = #"""
        N | New connection from 127.0.0.1 on port 1883.
        N | New client connected from 127.0.0.1 as plain (c1, k60).
        N | Client plain disconnected.
        N | New connection from 127.0.0.1 on port 1883.
        N | New client connected from 127.0.0.1 as user (c0, k15, u'robot').
        M/subscribe | user 1 robots/#
        M/subscribe | user 0 röbot 1 (p2, c1
        M/unsubscribe | user robots/#
        N | Socket error on client user, disconnecting.
        N | New connection from 127.0.0.1 on port 1883.
        N | Socket error on client <unknown>, disconnecting.
        N | New connection from 127.0.0.1 on port 1883.
        N | New client connected from 127.0.0.1 as sleeper (c1, k1).
        N | Client sleeper has exceeded timeout, disconnecting.
        N | Socket error on client sleeper, disconnecting.
        N | New connection from 127.0.0.1 on port 1883.
        N | New client connected from 127.0.0.1 as uav1 (c1, k60).
        N | New connection from 10.0.0.9 on port 1883.
        E | Client uav1 already connected, closing old connection.
        N | Client uav1 disconnected.
        N | New client connected from 10.0.0.9 as uav1 (c1, k60).
        N | New connection from 127.0.0.1 on port 1883.
        E | Client uav1 already connected, closing old connection.
        N | Client uav1 disconnected.
        N | New client connected from 127.0.0.1 as uav1 (c1, k60).
        I | Invalid protocol "XQTT" in CONNECT from 127.0.0.1.
        N | Socket error on client <unknown>, disconnecting.
        N | Client connection from 127.0.0.1 denied: max_connections exceeded.
        N | Outgoing messages are being dropped for client slowpoke.
        N | Expiring persistent client old due to timeout.
        """#

    /// mosquitto 2.1: it tells who was refused, and where everybody was.
    static let version21 = #"""
        N | New connection from 127.0.0.1:40001 on port 1883.
        N | New client connected from 127.0.0.1:40001 as plain (p4, c1, k60).
        N | Client plain [127.0.0.1:40001] disconnected.
        N | New connection from 127.0.0.1:40002 on port 8883.
        N | New client connected from 127.0.0.1:40002 as user (p5, c0, k15, u'robot').
        N | Client user negotiated TLSv1.3 cipher TLS_AES_256_GCM_SHA384
        M/subscribe | user 1 robots/#
        N | Client user [127.0.0.1:40002] disconnected: connection closed by client.
        N | New connection from 127.0.0.1:40003 on port 1883.
        N | Client user [127.0.0.1:40003] disconnected: not authorised.
        N | New connection from 127.0.0.1:40004 on port 1883.
        N | New client connected from 127.0.0.1:40004 as sleeper (p4, c1, k1).
        N | Client sleeper [127.0.0.1:40004] disconnected: exceeded timeout.
        N | New connection from 127.0.0.1:40005 on port 1883.
        N | New client connected from 127.0.0.1:40005 as uav1 (p4, c1, k60).
        N | New connection from 10.0.0.9:40006 on port 1883.
        N | Client uav1 [127.0.0.1:40005] disconnected: session taken over.
        N | New client connected from 10.0.0.9:40006 as uav1 (p5, c1, k60).
        N | New connection from 127.0.0.1:40007 on port 1883.
        N | Client uav1 [10.0.0.9:40006] disconnected: session taken over.
        N | New client connected from 127.0.0.1:40007 as uav1 (p3, c1, k60).
        N | New connection from 127.0.0.1:40008 on port 1883.
        N | Client uav1 [127.0.0.1:40008] disconnected: bad username or password.
        N | New connection from 127.0.0.1:40009 on port 1883.
        N | New client connected from 127.0.0.1:40009 as impatient (p4, c1, k65535).
        N | Client impatient [127.0.0.1:40009] disconnected: bad socket read/write: Invalid input
        N | New connection from 127.0.0.1:40010 on port 1883.
        I | Protocol error from 127.0.0.1:40010: First packet not CONNECT (47).
        N | Client 127.0.0.1 [127.0.0.1:40010] disconnected: protocol error.
        N | New connection from 127.0.0.1:40011 on port 1883.
        N | New client connected from 127.0.0.1:40011 as big (p4, c1, k60).
        N | Client big [127.0.0.1:40011] disconnected: oversize packet.
        N | New connection from 127.0.0.1:40012 on port 1883.
        N | New client connected from 127.0.0.1:40012 as röbot 1 (p2, c1 (p5, c1, k60).
        M/subscribe | röbot 1 (p2, c1 0 a b
        N | Client earlier [127.0.0.1:39999] disconnected: administrative action.
        N | New connection from 127.0.0.1:40013 on port 8883.
        E | OpenSSL Error while trying to get the error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca
        N | Client 127.0.0.1 [127.0.0.1:40013] disconnected: Protocol error.
        N | Outgoing messages are being dropped for client slowpoke.
        """#
}
