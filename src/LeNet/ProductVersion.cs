namespace LeNetServe;

/// <summary>The version of all programs and packages, such as <c>0.1.0</c>.</summary>
public static class ProductVersion
{
    /// <summary>Gets the version.</summary>
    public static string Text { get; } = typeof(ProductVersion).Assembly.GetName().Version!.ToString(3);
}
