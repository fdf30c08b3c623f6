namespace Pipeline.Buffer;

/// <summary>Tells of trouble that a log's readers ride out by themselves, so that a host can log it.</summary>
public interface IEventLogTroubles
{
    /// <summary>Names the one who is told: member id and reason, once for each kind of trouble until the member reads again.</summary>
    /// <param name="report">Called on a thread of the reader; it must neither wait nor throw. Readers that join later use it.</param>
    void ReportTroublesTo(Action<string, string> report);

    /// <summary>Names the one who is told that a member could not go on where its group stood: member id and jump, once per jump.</summary>
    /// <param name="report">Called on a thread of the reader; it must neither wait nor throw. Readers that join later use it.</param>
    void ReportJumpsTo(Action<string, OffsetJump> report);
}
