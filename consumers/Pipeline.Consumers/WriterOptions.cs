using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Pipeline.Schemas;

namespace Pipeline.Consumers;

/// <summary>What an operator sets for a writer consumer; section <c>Writer</c>.</summary>
/// <remarks>
/// Memory of records and what is made of them, per member, is at most
/// <c>MaxBufferedBytes + (MaxBatchBytes + 4 MiB) x (1 + S) + 2 x MaxBatchBytes x (1 + E)</c>: fetched ahead; one open batch, whose states
/// point into its records and add S of their size; one encoded batch waiting and one on its way, each with its records. S is about 1.5 for
/// small observations, and E below 1 when the store compresses. A batch that is refused is made anew: S of its size more for that time.
/// A single record above a limit is still taken, alone.
/// </remarks>
public sealed class WriterOptions
{
    /// <summary>Consumer group.</summary>
    [Required]
    public string Group { get; set; } = TopicNames.WriterGroup;

    /// <summary>Name of this member; empty takes the machine's name and the process id. A stable name is static membership.</summary>
    public string MemberId { get; set; } = "";

    /// <summary>Members that this process runs, each with its own reader and insert.</summary>
    /// <value>1: more processes scale further than more loops in one.</value>
    [Range(1, 16)]
    public int Members { get; set; } = 1;

    /// <summary>Rows over all tables, after folding, at which a batch is cut.</summary>
    /// <value>50,000: the middle of ClickHouse's advice of 10,000 to 100,000 rows.</value>
    [Range(1, 1_000_000)]
    public int MaxBatchRows { get; set; } = 50_000;

    /// <summary>Bytes of records after which a batch is cut.</summary>
    /// <value>24 MiB: 17,000 observations of 1.4 kB, more than a second of the target rate.</value>
    [Range(64 * 1024, 256 * 1024 * 1024)]
    public long MaxBatchBytes { get; set; } = 24L * 1024 * 1024;

    /// <summary>Age at which a batch is cut under load.</summary>
    /// <value>1 s: about one insert per second and table.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a batch waits for more once the log has nothing.</summary>
    /// <value>100 ms: nobody waits a second for a single trace.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan IdleFlushInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Bytes fetched ahead of the batch.</summary>
    /// <value>48 MiB: two batches.</value>
    [Range(1024 * 1024, 16L * 1024 * 1024 * 1024)]
    public long MaxBufferedBytes { get; set; } = 48L * 1024 * 1024;

    /// <summary>First pause after a failed insert; it doubles up to <see cref="RetryMaxPause"/>, with jitter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryMinPause { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between attempts.</summary>
    /// <value>2 s: a store that is back is used within that time, and one that is away gets an attempt a second or two.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan RetryMaxPause { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>First pause after the store asked to be spared, and the shortest one while it does.</summary>
    /// <value>1 s: parts are merged and memory is freed in seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan OverloadMinPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Age at which a batch is cut until the store took five batches in a row again.</summary>
    /// <value>5 s: a fifth of the inserts, and of the parts that they make.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan OverloadFlushInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of records after which a batch is cut during that time.</summary>
    /// <value>24 MiB, as always: too many parts wants wider inserts. Set it lower for a server that is short of memory.</value>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public long OverloadMaxBatchBytes { get; set; } = 24L * 1024 * 1024;

    /// <summary>How often a batch must be refused in a row before that counts as the store's decision.</summary>
    /// <value>3: a migration that is under way refuses for a moment.</value>
    [Range(1, 100)]
    public int RefusedAttempts { get; set; } = 3;

    /// <summary>Batches in a row that may be put aside because the store refuses a table; the next one halts the member.</summary>
    /// <value>3: a store that refuses everything is a fault of the store, and the topic must not drain into the failure store.</value>
    [Range(0, 1_000_000)]
    public int MaxRefusedBatches { get; set; } = 3;

    /// <summary>Share of the last thousand events that may be put aside for what they hold; above it the member halts.</summary>
    /// <value>0.5: one bad sender must not stop the others, and a reader that understands nothing must not pass everything by.</value>
    [Range(0.0, 1.0)]
    public double MaxPoisonRatio { get; set; } = 0.5;

    /// <summary>How long a partition with unread records may stand still while no other system is waited for; beyond it liveness fails.</summary>
    /// <value>2 minutes: a batch moves in seconds, and a restart costs a rebalance.</value>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often the store is asked how near it is to too many parts.</summary>
    /// <value>5 s: parts come a few a second, and merges take seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan PressureInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the object store keeps failed batches, as its lifecycle rule says; zero for ever.</summary>
    /// <value>Zero. It only tells when to warn: nothing is deleted by it.</value>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan FailedRetention { get; set; }

    /// <summary>How often the lag is looked up.</summary>
    /// <value>10 s: below any scaler's and any scrape's interval.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan LagInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a batch in hand may take to be stored and committed when the host stops; beyond it, it is left for the next reader.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Loopback port of /metrics, /health/live and /health/ready.</summary>
    /// <value>0: any free one; the log says which.</value>
    [Range(0, 65_535)]
    public int HealthPort { get; set; }

    /// <summary>The member's name with its default filled in.</summary>
    public string EffectiveMemberId => MemberId.Length > 0 ? MemberId : $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>The name of one of several members.</summary>
    internal string MemberName(int index) => index == 0 ? EffectiveMemberId : string.Create(CultureInfo.InvariantCulture, $"{EffectiveMemberId}-{index + 1}");

    /// <summary>Reads a section; a key that does not exist is an error that names it.</summary>
    /// <exception cref="OptionsValidationException">A value is out of range or of the wrong form, or a key is unknown.</exception>
    public static WriterOptions From(IConfiguration section)
    {
        var options = new WriterOptions();
        try
        {
            section.Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException invalid)
        {
            throw new OptionsValidationException("Writer", typeof(WriterOptions), [$"Writer: {invalid.Message}"]);
        }

        options.ThrowIfInvalid();
        return options;
    }

    internal void ThrowIfInvalid()
    {
        var result = new WriterOptionsValidator().Validate("Writer", this);
        var failures = result.Failed ? result.Failures.ToList() : [];
        if (RetryMinPause > RetryMaxPause)
        {
            failures.Add($"Writer.RetryMinPause: {RetryMinPause} must not be longer than RetryMaxPause ({RetryMaxPause})");
        }

        if (IdleFlushInterval > FlushInterval)
        {
            failures.Add($"Writer.IdleFlushInterval: {IdleFlushInterval} must not be longer than FlushInterval ({FlushInterval})");
        }

        if (StuckAfter < 2 * OverloadFlushInterval || StuckAfter < 2 * FlushInterval)
        {
            failures.Add($"Writer.StuckAfter: {StuckAfter} must be at least twice FlushInterval ({FlushInterval}) and OverloadFlushInterval ({OverloadFlushInterval})");
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException("Writer", typeof(WriterOptions), failures);
        }
    }
}
