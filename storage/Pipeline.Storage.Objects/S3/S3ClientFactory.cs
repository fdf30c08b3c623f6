using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Pipeline.Storage.Objects.S3;

/// <summary>Makes the client of a bucket from its settings.</summary>
internal static class S3ClientFactory
{
    internal static AmazonS3Client Create(S3Options options)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle ?? options.Endpoint is not null,
            ConnectTimeout = options.ConnectTimeout,
            MaxErrorRetry = options.Retries,
            RetryMode = RequestRetryMode.Standard,

            // The quota of retries is shared by every client of an address; a store that comes back must not find it used up.
            ThrottleRetries = false,
            RequestChecksumCalculation = options.ChecksumMode == S3ChecksumMode.WhenSupported
                ? RequestChecksumCalculation.WHEN_SUPPORTED
                : RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = options.ChecksumMode == S3ChecksumMode.WhenSupported
                ? ResponseChecksumValidation.WHEN_SUPPORTED
                : ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is not null)
        {
            // The address first: setting a region afterwards would replace it.
            config.ServiceURL = options.Endpoint.ToString();
            config.AuthenticationRegion = options.Region.Length > 0 ? options.Region : "us-east-1";
        }
        else if (options.Region.Length > 0)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        return options.AccessKey.Length == 0 ? new AmazonS3Client(config) : new AmazonS3Client(CredentialsOf(options), config);
    }

    private static AWSCredentials CredentialsOf(S3Options options) => options.SessionToken.Length > 0
        ? new SessionAWSCredentials(options.AccessKey, options.SecretKey, options.SessionToken)
        : new BasicAWSCredentials(options.AccessKey, options.SecretKey);
}
