namespace Pipeline.Buffer;

/// <summary>One difference between a topic and its specification.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Setting">The property, in the backend's own spelling, for example <c>min.insync.replicas</c>.</param>
/// <param name="Message">What is, what should be, and how to mend it.</param>
public sealed record TopicFinding(TopicFindingSeverity Severity, string Setting, string Message);
