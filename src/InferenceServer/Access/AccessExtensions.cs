namespace LeNetServe.InferenceServer.Access;

/// <summary>States the rules of endpoints.</summary>
internal static class AccessExtensions
{
    /// <summary>States the rule of an endpoint.</summary>
    public static TBuilder WithAccess<TBuilder>(this TBuilder endpoint, AccessRule rule)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AccessAttribute(rule));

    /// <summary>Gets the rule of the endpoint that routing selected; null without an endpoint or a rule.</summary>
    public static AccessRule? Rule(this HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<AccessAttribute>()?.Rule;
}
