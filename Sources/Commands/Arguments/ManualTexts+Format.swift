extension ManualTexts {
    /// How formats are written.
    static let formatRules = [
        """
        -F prints its argument for each message, with what stands for parts of the message, and a newline unless -N. \
        Between % and the letter may stand a flag (- to the left, 0 for zeros), a width, a dot with a precision, and for \
        %x and %X a separator.
        """
    ]

    /// What can stand in a format.
    static let formatEscapes: [(String, String)] = [
        ("%%", "A per cent sign."),
        ("%t", "The topic; the precision is the most bytes of it."),
        ("%p", "The payload; the width is also its most bytes."),
        (
            "%x, %X",
            """
            The payload in hexadecimal, lower or upper case; the precision is the number of digits in a group, e.g. %.2:x \
            for 41:42.
            """
        ),
        ("%f, %d", "The payload of 4 or 8 bytes as a floating-point number of this computer's byte order."),
        ("%l", "The length of the payload in bytes."),
        ("%m", "The Packet Identifier, 0 for QoS 0."),
        ("%q, %r", "The QoS; the RETAIN flag, 0 or 1."),
        ("%I, %U", "The time: 2016-08-10T09:47:38+0100; seconds since 1970 with nine decimals."),
        ("%j, %J", "All of it as JSON; with %J the payload is JSON itself."),
        ("%A, %E, %F, %S", "Topic alias, message expiry interval, payload format indicator, subscription identifier."),
        ("%C, %R, %D", "Content type, response topic, correlation data."),
        ("%P", "User properties as name:value with a space between."),
        ("@X", "What strftime(3) makes of %X; @N are the nanoseconds, @@ is an at sign."),
        ("\\\\, \\0, \\a, \\e, \\n, \\r, \\t, \\v", "Backslash, NUL, bell, escape, line feed, carriage return, tabs."),
    ]
}
