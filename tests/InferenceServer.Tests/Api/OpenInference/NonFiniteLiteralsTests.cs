using System.Text;
using LeNetServe.InferenceServer.Api.OpenInference.Rest;

namespace LeNetServe.InferenceServer.Tests.Api.OpenInference;

public sealed class NonFiniteLiteralsTests
{
    [Theory]
    [InlineData("[NaN]", "[{\r}]")]
    [InlineData("[-NaN,Inf]", "[{\r} ,{\t}]")]
    [InlineData("[-Inf,1,-Infinity ]", "[{\t\t},1,{\t\t}      ]")]
    [InlineData("{\"a\":NaN}", "{\"a\":{\r}}")]
    [InlineData("[\"NaN,\",NaN]", "[\"NaN,\",{\r}]")]
    [InlineData("[\"\\\"NaN,\",Infinity\n]", "[\"\\\"NaN,\",{\t}     \n]")]
    [InlineData("[\"\\\\\",NaN,\"", "[\"\\\\\",{\r},\"")]
    [InlineData("[NaN,NaNx]", "[{\r},NaNx]")]
    public void Replace_NumbersOutsideStrings_BecomeObjectsOfTheirLength(string json, string expected)
    {
        var replaced = Encoding.UTF8.GetString(NonFiniteLiterals.Replace(Encoding.UTF8.GetBytes(json))!);

        Assert.Equal(expected, replaced);
        Assert.Equal(json.Length, replaced.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[-1,\"NaN,\"]")]
    [InlineData("[\"NaN,")]
    [InlineData("[\"NaN,\\")]
    [InlineData("{NaN:1}")]
    [InlineData("NaN")]
    [InlineData("[-]")]
    [InlineData("-")]
    public void Replace_NoneOfThem_IsNull(string json) => Assert.Null(NonFiniteLiterals.Replace(Encoding.UTF8.GetBytes(json)));
}
