using System.Text;
using LeNetServe.InferenceServer.OpenInference.Rest;

namespace LeNetServe.InferenceServer.Tests.OpenInference;

public sealed class NonFiniteLiteralsTests
{
    [Theory]
    [InlineData("[NaN]", "[\"NaN\"]")]
    [InlineData("[-Inf,1,-Infinity ]", "[\"-Inf\",1,\"-Infinity\" ]")]
    [InlineData("{\"a\":NaN}", "{\"a\":\"NaN\"}")]
    [InlineData("[\"NaN,\",NaN]", "[\"NaN,\",\"NaN\"]")]
    [InlineData("[\"\\\"NaN,\",Inf]", "[\"\\\"NaN,\",\"Inf\"]")]
    [InlineData("[\"\\\\\",NaN,\"", "[\"\\\\\",\"NaN\",\"")]
    [InlineData("[NaN,NaNx]", "[\"NaN\",NaNx]")]
    public void Quote_NumbersOutsideStrings_BecomeStrings(string json, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(NonFiniteLiterals.Quote(Encoding.UTF8.GetBytes(json))!.Value.Span));

    [Theory]
    [InlineData("")]
    [InlineData("[-1,\"NaN,\"]")]
    [InlineData("[\"NaN,")]
    [InlineData("[\"NaN,\\")]
    [InlineData("{NaN:1}")]
    [InlineData("NaN")]
    [InlineData("[-]")]
    public void Quote_NoneOfThem_IsNull(string json) => Assert.Null(NonFiniteLiterals.Quote(Encoding.UTF8.GetBytes(json)));
}
